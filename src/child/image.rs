//! Everything that a child needs between its birth and `execve`, laid out before it is born, because then
//! nothing may be allocated, locked or looked up any more.
//!
//! The types are plain data and safe to build; `sys/start/pre_exec.rs` alone follows the pointers.

use std::cell::Cell;
use std::ffi::{CStr, c_char};
use std::ptr::null;

/// One step of the descriptor plan (made by `stdio/plan.rs`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Duplicate `fd` above all targets and remember the duplicate under `slot`.
    Save {
        /// The source.
        fd: i32,
        /// Where the duplicate's number goes.
        slot: usize,
    },
    /// Make `target` a duplicate of descriptor `fd`.
    Place {
        /// The source, which is no target itself.
        fd: i32,
        /// The child's number for it.
        target: i32,
    },
    /// Make `target` a duplicate of a saved one.
    PlaceSaved {
        /// Which.
        slot: usize,
        /// The child's number for it.
        target: i32,
    },
    /// The source already has the right number; let it survive `execve`.
    Keep {
        /// The number.
        fd: i32,
    },
    /// Open /dev/null as `target`.
    Null {
        /// The child's number for it.
        target: i32,
    },
}

/// Strings joined by NUL, as C reads them: one block of bytes and a NULL-terminated array of pointers into it.
#[derive(Debug)]
pub struct CStrings {
    bytes: Vec<u8>,
    pointers: Vec<*const c_char>,
}

impl CStrings {
    /// From strings joined by NUL, without one at the end. `""` is one empty string.
    pub fn from_joined(joined: String) -> CStrings {
        let mut bytes = joined.into_bytes();
        bytes.push(0);
        CStrings::from_terminated(bytes)
    }

    /// From a list.
    pub fn from_list<S: AsRef<[u8]>>(list: &[S]) -> CStrings {
        let mut bytes = Vec::with_capacity(list.iter().map(|s| s.as_ref().len() + 1).sum());
        for s in list {
            bytes.extend_from_slice(s.as_ref());
            bytes.push(0);
        }
        CStrings::from_terminated(bytes)
    }

    fn from_terminated(bytes: Vec<u8>) -> CStrings {
        let mut pointers = Vec::with_capacity(16);
        let mut start = 0;
        for (at, _) in bytes.iter().enumerate().filter(|(_, b)| **b == 0) {
            pointers.push(bytes.as_ptr().wrapping_add(start).cast());
            start = at + 1;
        }
        pointers.push(null());
        CStrings { bytes, pointers }
    }

    /// The strings themselves.
    pub fn iter(&self) -> impl Iterator<Item = &CStr> {
        self.bytes.split_inclusive(|b| *b == 0).filter_map(|s| CStr::from_bytes_with_nul(s).ok())
    }

    /// The array for C. Valid as long as `self`, also when that moves: the bytes stay where they are.
    pub fn pointers(&self) -> &[*const c_char] {
        &self.pointers
    }
}

/// The environment of a child.
#[derive(Debug)]
pub enum Environment {
    /// As given.
    Own(CStrings),
    /// The parent's, as it was when the list was taken.
    Inherited(Vec<*const c_char>),
}

/// A child to be.
pub struct Image {
    /// Paths to try, in this order.
    pub candidates: CStrings,
    /// The argument vector.
    pub argv: CStrings,
    /// The argument vector for `/bin/sh` when a candidate is a script without an interpreter line: place 0 names
    /// the shell, place 1 is filled by the child with the candidate, the rest repeats `argv` from 1 on.
    pub script_argv: Vec<Cell<*const c_char>>,
    /// The environment.
    pub environment: Environment,
    /// The working directory, if it is to change.
    pub cwd: Option<CStrings>,
    /// The descriptor plan.
    pub actions: Vec<Action>,
    /// Scratch for the plan: numbers of saved descriptors.
    pub saved: Vec<Cell<i32>>,
    /// The first number above all targets of the plan.
    pub above: i32,
    /// Lead a new session?
    pub detached: bool,
    /// The process whose end is to end the child too: the one that starts it.
    pub parent: Option<u32>,
    /// Identity to take on.
    pub uid: Option<u32>,
    /// Group to take on.
    pub gid: Option<u32>,
}

impl Image {
    /// The argument vector for the shell that goes with `argv`.
    pub fn script_argv_for(argv: &CStrings) -> Vec<Cell<*const c_char>> {
        let rest = argv.pointers().get(1..).unwrap_or(&[]);
        let mut list = vec![Cell::new(SHELL.as_ptr()), Cell::new(null())];
        list.extend(rest.iter().map(|p| Cell::new(*p)));
        if rest.is_empty() {
            list.push(Cell::new(null()));
        }
        list
    }
}

/// Runs scripts that lack an interpreter line, as in execvp.
pub const SHELL: &CStr = c"/bin/sh";

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(c: &CStrings) -> Vec<&str> {
        c.iter().map(|s| s.to_str().unwrap()).collect()
    }

    #[test]
    fn joined_strings_keep_empty_ones() {
        let c = CStrings::from_joined("a\0\0b".into());
        assert_eq!(strings(&c), ["a", "", "b"]);
        assert_eq!(c.pointers().len(), 4);
        assert!(c.pointers()[3].is_null());
    }

    #[test]
    fn nothing_joined_is_one_empty_string_and_an_empty_list_is_none() {
        assert_eq!(strings(&CStrings::from_joined(String::new())), [""]);
        let none = CStrings::from_list::<&str>(&[]);
        assert_eq!(strings(&none), [""; 0]);
        assert_eq!(none.pointers().len(), 1);
    }

    #[test]
    fn the_shell_gets_the_arguments_after_the_program() {
        let argv = CStrings::from_list(&["prog", "x", "y"]);
        let list = Image::script_argv_for(&argv);
        assert_eq!(list.len(), 5);
        assert_eq!(list[2].get(), argv.pointers()[1]);
        assert!(list[4].get().is_null());
    }
}

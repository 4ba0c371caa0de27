//! The command line of this process as others see it: in ps, in `/proc/<pid>/cmdline`.
//!
//! The kernel shows the memory in which it laid down the arguments, from its begin to its end. A shorter line than the first one needs
//! another end, which PR_SET_MM_MAP sets; where that is refused the line ends with zeros.
//!
//! # Safety
//! The memory is this process's own, writable, and nobody's: libuv has copied the arguments before Node looked at them. (What a
//! program sets as its title goes there as well.)
#![allow(unsafe_code)]

use std::fs;
use std::ptr::{copy_nonoverlapping, null, write_bytes};

use nix::libc;

/// What the kernel knows of a process's memory; its `struct prctl_mm_map`.
#[repr(C)]
struct Map {
    start_code: u64,
    end_code: u64,
    start_data: u64,
    end_data: u64,
    start_brk: u64,
    brk: u64,
    start_stack: u64,
    arg_start: u64,
    arg_end: u64,
    env_start: u64,
    env_end: u64,
    /// None: it stays as it is.
    auxv: *const u64,
    auxv_size: u32,
    /// -1: it stays as it is.
    exe_fd: i32,
}

/// Shows `arguments`, each with a NUL behind it, instead of what was shown before. False where there is no room for them.
/// To be called while no other thread of this process allocates.
pub fn set(arguments: &[u8]) -> bool {
    let Some(mut map) = fs::read_to_string("/proc/self/stat").ok().and_then(|text| parse(&text)) else {
        return false;
    };
    let room = map.arg_end.saturating_sub(map.arg_start) as usize;
    if arguments.is_empty() || arguments.len() > room {
        return false;
    }
    let begin = map.arg_start as usize as *mut u8;
    // SAFETY: `room` bytes of the argument area begin there.
    unsafe {
        copy_nonoverlapping(arguments.as_ptr(), begin, arguments.len());
        write_bytes(begin.add(arguments.len()), 0, room - arguments.len());
    }
    map.arg_end = map.arg_start + arguments.len() as u64;
    // SAFETY: with 0 it only tells where the heap ends.
    map.brk = unsafe { libc::syscall(libc::SYS_brk, 0) } as u64;
    // SAFETY: reads one struct. A kernel without this call, or a sandbox, refuses.
    unsafe { libc::prctl(libc::PR_SET_MM, libc::PR_SET_MM_MAP, &raw const map, size_of::<Map>(), 0) };
    true
}

/// `text`: of `/proc/self/stat`, see proc(5).
fn parse(text: &str) -> Option<Map> {
    // The second field, the name, may have anything in it.
    let fields: Vec<u64> = text
        .get(text.rfind(')')? + 1..)?
        .split_ascii_whitespace()
        .map(|field| field.parse().unwrap_or(0))
        .collect();
    let field = |number: usize| fields.get(number - 3).copied();
    Some(Map {
        start_code: field(26)?,
        end_code: field(27)?,
        start_stack: field(28)?,
        start_data: field(45)?,
        end_data: field(46)?,
        start_brk: field(47)?,
        brk: 0,
        arg_start: field(48)?,
        arg_end: field(49)?,
        env_start: field(50)?,
        env_end: field(51)?,
        auxv: null(),
        auxv_size: 0,
        exe_fd: -1,
    })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn the_fields_are_found_behind_a_name_with_brackets() {
        let rest: Vec<String> = (3..=52).map(|number| number.to_string()).collect();
        let map = parse(&format!("1 (a) b) {}", rest.join(" "))).unwrap();
        assert_eq!((map.start_code, map.start_stack, map.start_brk), (26, 28, 47));
        assert_eq!((map.arg_start, map.arg_end, map.env_start, map.env_end), (48, 49, 50, 51));
        assert!(parse("1 (a) S 1").is_none());
    }
}

//! What a child does between its birth and `execve`: dispositions, session, descriptors, directory, identity,
//! tie to the parent, mask, program, in this order.
//!
//! The code runs in a forked child as well as in one that shares its parent's memory; so it allocates nothing,
//! takes no lock, cannot panic, and calls nothing but `os::calls`. The mask stays full until all dispositions
//! are the default ones: a handler of the parent never runs here.
//!
//! # Safety
//! An image's pointers lead to C strings that live as long as the image.
#![allow(unsafe_code)]

use std::cell::Cell;
use std::ffi::c_char;

use nix::libc;

use crate::child::image::{Action, Environment, Image, SHELL};
use crate::error::{Errno, Failure, Step};
use crate::sys::os::calls;

/// Does execvp run a script that lacks an interpreter line by the shell? That of musl does not.
const RUNS_ANY_SCRIPT: bool = !cfg!(target_env = "musl");

/// What a newborn child's signals do.
#[derive(Clone, Copy)]
pub enum Dispositions {
    /// What its parent's do.
    Inherited,
    /// The same, but that no handler is left.
    #[cfg_attr(any(not(target_os = "linux"), portable), allow(dead_code))]
    Cleared,
}

/// Turns the calling process into the program. Comes back only when that fails.
///
/// # Safety
/// Only in a newborn child, with all signals blocked.
pub unsafe fn become_program(image: &Image, dispositions: Dispositions) -> Failure {
    match dispositions {
        Dispositions::Inherited => calls::default_dispositions(),
        Dispositions::Cleared => calls::default_standard_dispositions(),
    }
    if image.detached {
        calls::setsid();
    }
    if let Err(errno) = arrange_descriptors(image) {
        return Failure { errno, step: Step::Stdio };
    }
    if let Some(cwd) = &image.cwd
        && let Some(path) = cwd.pointers().first()
        // SAFETY: a C string by the image's contract.
        && let Err(errno) = unsafe { calls::chdir(*path) }
    {
        return Failure { errno, step: Step::Chdir };
    }
    if let Err(errno) = take_identity(image.uid, image.gid) {
        return Failure { errno, step: Step::Identity };
    }
    // After the identity, because its change undoes the tie.
    if let Some(parent) = image.parent
        && let Err(errno) = calls::die_with(parent)
    {
        return Failure { errno, step: Step::Tie };
    }
    calls::clear_mask();
    // SAFETY: passed on.
    Failure { errno: unsafe { search_and_exec(image) }, step: Step::Exec }
}

fn arrange_descriptors(image: &Image) -> Result<(), Errno> {
    for action in &image.actions {
        match *action {
            Action::Save { fd, slot } => {
                let duplicate = calls::dup_above(fd, image.above)?;
                if let Some(place) = image.saved.get(slot) {
                    place.set(duplicate);
                }
            }
            Action::Place { fd, target } => {
                calls::place(fd, target)?;
                as_standard_stream(target);
            }
            Action::PlaceSaved { slot, target } => {
                calls::place(image.saved.get(slot).map_or(-1, Cell::get), target)?;
                as_standard_stream(target);
            }
            Action::Keep { fd } => {
                calls::keep(fd)?;
                as_standard_stream(fd);
            }
            Action::Null { target } => open_null(target)?,
        }
    }
    Ok(())
}

/// Programs expect blocking standard streams, while the parent's own may be non-blocking.
fn as_standard_stream(fd: i32) {
    if fd <= 2 {
        calls::set_blocking(fd);
    }
}

fn open_null(target: i32) -> Result<(), Errno> {
    // With the number free the new descriptor mostly gets it at once.
    calls::close(target);
    let null = calls::open_null(target != 0)?;
    if null != target {
        calls::place(null, target)?;
        calls::close(null);
    }
    Ok(())
}

fn take_identity(uid: Option<u32>, gid: Option<u32>) -> Result<(), Errno> {
    if uid.is_some() || gid.is_some() {
        // Root's supplementary groups must not survive the change. Others may not do this and need not.
        let _ = calls::drop_groups();
    }
    if let Some(gid) = gid {
        calls::setgid(gid)?;
    }
    if let Some(uid) = uid {
        calls::setuid(uid)?;
    }
    Ok(())
}

/// The search of execvp: a candidate that may not be executed is remembered while others are tried.
///
/// # Safety
/// As `become_program`.
unsafe fn search_and_exec(image: &Image) -> Errno {
    let environment: *const *const c_char = match &image.environment {
        Environment::Own(strings) => strings.pointers().as_ptr(),
        Environment::Inherited(pointers) => pointers.as_ptr(),
    };
    let mut refused = false;
    let mut last = Errno(libc::ENOENT);
    for candidate in image.candidates.pointers() {
        if candidate.is_null() {
            break;
        }
        // SAFETY: arrays with a NULL at their end and C strings inside, by the image's contract.
        last = unsafe { calls::execve(*candidate, image.argv.pointers().as_ptr(), environment) };
        if RUNS_ANY_SCRIPT
            && last == Errno(libc::ENOEXEC)
            && let Some(place) = image.script_argv.get(1)
        {
            place.set(*candidate);
            // SAFETY: as above; Cell<T> has the layout of T.
            last = unsafe { calls::execve(SHELL.as_ptr(), image.script_argv.as_ptr().cast(), environment) };
        }
        match last.0 {
            libc::EACCES => refused = true,
            libc::ENOENT | libc::ENOTDIR => {}
            libc::ESTALE | libc::ENODEV | libc::ETIMEDOUT if !cfg!(target_env = "musl") => {}
            _ => return last,
        }
    }
    if refused { Errno(libc::EACCES) } else { last }
}

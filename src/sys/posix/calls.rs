//! The calls that a forked child makes before `execve`: those that POSIX allows there (async-signal-safe), and
//! nothing else of libc.
//!
//! # Safety
//! Pointers handed in must be valid C strings or NULL-terminated arrays of such. The child has memory of its own, so
//! libc's `errno` and identity calls concern nobody else.
#![allow(unsafe_code)]

use std::ffi::{c_char, c_int};
use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};

use nix::libc;

use crate::error::Errno;

const SIGNALS: c_int = 31;

fn checked(result: c_int) -> Result<c_int, Errno> {
    if result == -1 { Err(Errno::last()) } else { Ok(result) }
}

/// Gives every signal its default disposition.
pub fn default_dispositions() {
    for signal in 1..=SIGNALS {
        // SIGKILL and SIGSTOP answer EINVAL, which is as good.
        // SAFETY: all-zero is SIG_DFL with an empty mask.
        unsafe {
            let default: libc::sigaction = std::mem::zeroed();
            libc::sigaction(signal, &default, null_mut());
        }
    }
}

/// The same: here no child is born with its handlers cleared.
pub fn default_standard_dispositions() {
    default_dispositions();
}

/// Unblocks every signal, right before `execve`.
pub fn clear_mask() {
    let mut none = MaybeUninit::uninit();
    // SAFETY: the set is filled before it is used.
    unsafe {
        libc::sigemptyset(none.as_mut_ptr());
        libc::sigprocmask(libc::SIG_SETMASK, none.as_ptr(), null_mut());
    }
}

/// Leads a new session.
pub fn setsid() {
    // SAFETY: no memory involved. It cannot fail: a newborn process leads no group.
    unsafe { libc::setsid() };
}

/// A close-on-exec duplicate of `fd`, at `least` or above.
pub fn dup_above(fd: c_int, least: c_int) -> Result<c_int, Errno> {
    // SAFETY: no memory involved.
    checked(unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, least) })
}

/// Makes `to` a duplicate of `from` that survives `execve`.
pub fn place(from: c_int, to: c_int) -> Result<c_int, Errno> {
    // SAFETY: no memory involved.
    checked(unsafe { libc::dup2(from, to) })
}

/// Lets `fd` survive `execve`.
pub fn keep(fd: c_int) -> Result<c_int, Errno> {
    // SAFETY: no memory involved.
    checked(unsafe { libc::fcntl(fd, libc::F_SETFD, 0) })
}

/// Takes O_NONBLOCK off.
pub fn set_blocking(fd: c_int) {
    // SAFETY: no memory involved.
    unsafe {
        let flags = libc::fcntl(fd, libc::F_GETFL);
        if flags != -1 && flags & libc::O_NONBLOCK != 0 {
            libc::fcntl(fd, libc::F_SETFL, flags & !libc::O_NONBLOCK);
        }
    }
}

/// Opens /dev/null, for good.
pub fn open_null(write: bool) -> Result<c_int, Errno> {
    let mode = if write { libc::O_RDWR } else { libc::O_RDONLY };
    // SAFETY: a literal C string.
    checked(unsafe { libc::open(c"/dev/null".as_ptr(), mode) })
}

/// Closes `fd`.
pub fn close(fd: c_int) {
    // SAFETY: the caller's own descriptor.
    unsafe { libc::close(fd) };
}

/// # Safety
/// `path` is a C string.
pub unsafe fn chdir(path: *const c_char) -> Result<c_int, Errno> {
    // SAFETY: by contract.
    checked(unsafe { libc::chdir(path) })
}

/// Gives up all supplementary groups.
pub fn drop_groups() -> Result<c_int, Errno> {
    // SAFETY: an empty list is read from nowhere.
    checked(unsafe { libc::setgroups(0, null()) })
}

/// Sets the group.
pub fn setgid(gid: u32) -> Result<c_int, Errno> {
    // SAFETY: no memory involved.
    checked(unsafe { libc::setgid(gid) })
}

/// Sets the user.
pub fn setuid(uid: u32) -> Result<c_int, Errno> {
    // SAFETY: no memory involved.
    checked(unsafe { libc::setuid(uid) })
}

/// Not every Unix can tie a child to its parent.
pub fn die_with(_parent: u32) -> Result<(), Errno> {
    Err(Errno(libc::ENOTSUP))
}

/// Replaces the program; returns only on failure.
///
/// # Safety
/// `path` is a C string, `argv` and `envp` are NULL-terminated arrays of C strings.
pub unsafe fn execve(path: *const c_char, argv: *const *const c_char, envp: *const *const c_char) -> Errno {
    // SAFETY: by contract.
    unsafe { libc::execve(path, argv, envp) };
    Errno::last()
}

/// Ends the process at once.
pub fn exit(code: c_int) -> ! {
    // SAFETY: does not return, and runs no handler of the parent's.
    unsafe { libc::_exit(code) }
}

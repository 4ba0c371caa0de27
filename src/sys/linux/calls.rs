//! The calls that a child makes between its birth and `execve`, as raw system calls.
//!
//! The child of `clone(CLONE_VM)` lives in its parent's memory. glibc's `setuid` family would make every
//! thread of the *parent* change its identity, its `sigaction` refuses the two signals that glibc keeps
//! for itself, and all of libc writes `errno` into the parent's thread. So nothing of libc is used here.
//!
//! # Safety
//! Pointers handed in must be valid C strings or NULL-terminated arrays of such. The functions themselves
//! allocate nothing and take no lock.
#![allow(unsafe_code)]

use std::ffi::{c_char, c_int};

use nix::libc;

use super::syscall::syscall6;
use crate::error::Errno;

const SIGNALS: usize = 64;
const STANDARD_SIGNALS: usize = 31;
/// The kernel's sigaction is handler (0 is SIG_DFL), flags, restorer and mask, or less, on every 64-bit Linux.
type KernelAction = [usize; 4];
/// The kernel's signal set: one bit for each of 64 signals, whatever libc's `sigset_t` looks like.
const SET_SIZE: usize = 8;

/// # Safety
/// As `syscall6`.
#[inline(always)]
unsafe fn call(number: libc::c_long, a: usize, b: usize, c: usize, d: usize) -> Result<c_int, Errno> {
    // SAFETY: by this function's contract.
    let result = unsafe { syscall6(number as usize, a, b, c, d, 0, 0) };
    if result < 0 { Err(Errno(-result as i32)) } else { Ok(result as c_int) }
}

/// Leaves no handler, those of libc's own included, and nothing ignored but real-time signals: those stay so with Node too.
pub fn default_dispositions() {
    default_standard_dispositions();
    for signal in STANDARD_SIGNALS + 1..=SIGNALS {
        let before = set_action(signal, &[0; 4]);
        if before[0] == libc::SIG_IGN {
            set_action(signal, &before);
        }
    }
}

/// Gives the signals before the real-time ones their default disposition.
pub fn default_standard_dispositions() {
    for signal in 1..=STANDARD_SIGNALS {
        // They have no other, and each call counts.
        if !matches!(signal as c_int, libc::SIGKILL | libc::SIGSTOP) {
            set_action(signal, &[0; 4]);
        }
    }
}

/// -> what was there
fn set_action(signal: usize, new: &KernelAction) -> KernelAction {
    let mut old: KernelAction = [0; 4];
    // SAFETY: reads and writes one kernel sigaction each.
    let _ = unsafe {
        let (new, old) = (new.as_ptr() as usize, old.as_mut_ptr() as usize);
        call(libc::SYS_rt_sigaction, signal, new, old, SET_SIZE)
    };
    old
}

/// Sets the calling thread's signal mask (bit n - 1 for signal n) and returns the old one.
pub fn set_mask(mask: u64) -> u64 {
    change_mask(libc::SIG_SETMASK, mask)
}

/// Adds to the calling thread's signal mask and returns the old one.
pub fn block(mask: u64) -> u64 {
    change_mask(libc::SIG_BLOCK, mask)
}

fn change_mask(how: c_int, mask: u64) -> u64 {
    let mut old = 0u64;
    // SAFETY: reads and writes eight bytes each.
    let _ = unsafe {
        call(
            libc::SYS_rt_sigprocmask,
            how as usize,
            &raw const mask as usize,
            &raw mut old as usize,
            SET_SIZE,
        )
    };
    old
}

/// Unblocks every signal, right before `execve`.
pub fn clear_mask() {
    set_mask(0);
}

/// Leads a new session.
pub fn setsid() {
    // SAFETY: no memory involved. It cannot fail: a newborn process leads no group.
    let _ = unsafe { call(libc::SYS_setsid, 0, 0, 0, 0) };
}

/// A close-on-exec duplicate of `fd`, at `least` or above.
pub fn dup_above(fd: c_int, least: c_int) -> Result<c_int, Errno> {
    // SAFETY: no memory involved.
    unsafe { call(libc::SYS_fcntl, fd as usize, libc::F_DUPFD_CLOEXEC as usize, least as usize, 0) }
}

/// Makes `to` a duplicate of `from` that survives `execve`.
pub fn place(from: c_int, to: c_int) -> Result<c_int, Errno> {
    // SAFETY: no memory involved.
    unsafe { call(libc::SYS_dup3, from as usize, to as usize, 0, 0) }
}

/// Lets `fd` survive `execve`.
pub fn keep(fd: c_int) -> Result<c_int, Errno> {
    // SAFETY: no memory involved.
    unsafe { call(libc::SYS_fcntl, fd as usize, libc::F_SETFD as usize, 0, 0) }
}

/// Keeps `fd` from programs that this one executes.
pub fn close_on_exec(fd: c_int) {
    // SAFETY: no memory involved.
    let _ =
        unsafe { call(libc::SYS_fcntl, fd as usize, libc::F_SETFD as usize, libc::FD_CLOEXEC as usize, 0) };
}

/// Takes O_NONBLOCK off.
pub fn set_blocking(fd: c_int) {
    // SAFETY: no memory involved.
    unsafe {
        if let Ok(flags) = call(libc::SYS_fcntl, fd as usize, libc::F_GETFL as usize, 0, 0)
            && flags & libc::O_NONBLOCK != 0
        {
            let _ = call(
                libc::SYS_fcntl,
                fd as usize,
                libc::F_SETFL as usize,
                (flags & !libc::O_NONBLOCK) as usize,
                0,
            );
        }
    }
}

/// Opens /dev/null, for good.
pub fn open_null(write: bool) -> Result<c_int, Errno> {
    let mode = if write { libc::O_RDWR } else { libc::O_RDONLY };
    // SAFETY: a literal C string.
    unsafe {
        call(libc::SYS_openat, libc::AT_FDCWD as usize, c"/dev/null".as_ptr() as usize, mode as usize, 0)
    }
}

/// Closes `fd`.
pub fn close(fd: c_int) {
    // SAFETY: the caller's own descriptor.
    let _ = unsafe { call(libc::SYS_close, fd as usize, 0, 0, 0) };
}

/// # Safety
/// `path` is a C string.
pub unsafe fn chdir(path: *const c_char) -> Result<c_int, Errno> {
    // SAFETY: by contract.
    unsafe { call(libc::SYS_chdir, path as usize, 0, 0, 0) }
}

/// Gives up all supplementary groups.
pub fn drop_groups() -> Result<c_int, Errno> {
    // SAFETY: an empty list is read from nowhere.
    unsafe { call(libc::SYS_setgroups, 0, 0, 0, 0) }
}

/// Sets the group of the calling process alone.
pub fn setgid(gid: u32) -> Result<c_int, Errno> {
    // SAFETY: no memory involved.
    unsafe { call(libc::SYS_setgid, gid as usize, 0, 0, 0) }
}

/// Sets the user of the calling process alone.
pub fn setuid(uid: u32) -> Result<c_int, Errno> {
    // SAFETY: no memory involved.
    unsafe { call(libc::SYS_setuid, uid as usize, 0, 0, 0) }
}

/// Lets SIGKILL end the calling process when the thread that started it ends. ESRCH: `parent` is gone already.
pub fn die_with(parent: u32) -> Result<(), Errno> {
    // SAFETY: no memory involved.
    unsafe {
        call(libc::SYS_prctl, libc::PR_SET_PDEATHSIG as usize, libc::SIGKILL as usize, 0, 0)?;
        // It may have died before the line above; then somebody else is the parent now.
        if call(libc::SYS_getppid, 0, 0, 0, 0)? as u32 == parent { Ok(()) } else { Err(Errno(libc::ESRCH)) }
    }
}

/// Replaces the program; returns only on failure.
///
/// # Safety
/// `path` is a C string, `argv` and `envp` are NULL-terminated arrays of C strings.
pub unsafe fn execve(path: *const c_char, argv: *const *const c_char, envp: *const *const c_char) -> Errno {
    // SAFETY: by contract.
    match unsafe { call(libc::SYS_execve, path as usize, argv as usize, envp as usize, 0) } {
        Err(errno) => errno,
        Ok(_) => Errno(0),
    }
}

/// Ends the process at once.
pub fn exit(code: c_int) -> ! {
    loop {
        // SAFETY: does not return.
        let _ = unsafe { call(libc::SYS_exit_group, code as usize, 0, 0, 0) };
    }
}

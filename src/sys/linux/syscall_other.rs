//! System calls on processors that we have no instruction for: by libc's `syscall`, which reports through
//! `errno`. In a child that shares its parent's memory this overwrites the `errno` of the parent's suspended
//! thread, which nobody there reads after `clone`.
//!
//! # Safety
//! `syscall6` is as unsafe as the call it makes.
#![allow(unsafe_code)]

use nix::libc;

/// Makes a system call; returns -errno on failure.
///
/// # Safety
/// The arguments must be valid for the call named by `number`.
pub unsafe fn syscall6(number: usize, a: usize, b: usize, c: usize, d: usize, e: usize, f: usize) -> isize {
    // SAFETY: by this function's contract.
    let result = unsafe { libc::syscall(number as libc::c_long, a, b, c, d, e, f) };
    if result == -1 { -(nix::errno::Errno::last_raw() as isize) } else { result as isize }
}

//! A thread that waits for one child, for kernels and systems without pidfds.
//!
//! It does not reap: with WNOWAIT the child stays a zombie, and its number its own, until the owner of the
//! `Process` reaps it on the loop's thread. The end is told by closing a pipe, which any poll mechanism sees.
//!
//! # Safety
//! Plain calls; the thread owns its end of the pipe.
#![allow(unsafe_code)]

use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;

use nix::libc;

use super::os::{pipes, signals::Blocked};
use crate::error::Errno;

/// The read end of a pipe whose other end closes when the child `pid` has ended.
pub fn pipe_closed_at_exit(pid: i32) -> Result<OwnedFd, Errno> {
    let (read, write) = pipes::pipe()?;
    // The thread inherits the mask: signals are for Node's own threads.
    let blocked = Blocked::all();
    let started = std::thread::Builder::new()
        .name("child-waiter".into())
        .stack_size(64 * 1024)
        .spawn(move || wait_for(pid, write));
    drop(blocked);
    match started {
        Ok(_detached) => Ok(read),
        Err(e) => Err(Errno(e.raw_os_error().unwrap_or(libc::EAGAIN))),
    }
}

fn wait_for(pid: i32, write: OwnedFd) {
    let mut info = MaybeUninit::<libc::siginfo_t>::uninit();
    // SAFETY: the kernel fills `info`, which nobody reads. Any failure but EINTR (ECHILD: somebody else
    // reaped it) means that there is nothing to wait for any more.
    while unsafe {
        libc::waitid(libc::P_PID, pid as libc::id_t, info.as_mut_ptr(), libc::WEXITED | libc::WNOWAIT)
    } != 0
        && Errno::last() == Errno(libc::EINTR)
    {}
    drop(write);
}

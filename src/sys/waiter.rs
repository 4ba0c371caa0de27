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

use super::background;
use super::os::pipes;
use crate::error::Errno;

/// The read end of a pipe whose other end closes when the child `pid` has ended.
pub fn pipe_closed_at_exit(pid: i32) -> Result<OwnedFd, Errno> {
    let (read, write) = pipes::pipe()?;
    background::start("child-waiter", 64 * 1024, move || wait_for(pid, write))?;
    Ok(read)
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

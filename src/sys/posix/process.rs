//! A started child: signals to it, its end, and the descriptor that tells of the end.
//!
//! A thread waits for it and closes a pipe (see `waiter`), without reaping: until `try_reap` the number stays the
//! child's own, so a signal never reaches a stranger.
//!
//! # Safety
//! Plain calls on numbers that the struct owns.
#![allow(unsafe_code)]

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use nix::libc;

use crate::error::Errno;
use crate::sys::ending::{Exit, Usage};
use crate::sys::waiter;

/// A child that was started and not yet reaped.
pub struct Process {
    pid: i32,
    exit_fd: OwnedFd,
}

impl Process {
    /// Watches a forked child. There is no other way than a thread here.
    pub fn watch(pid: i32, _threads: bool) -> Result<Process, Errno> {
        Ok(Process { pid, exit_fd: waiter::pipe_closed_at_exit(pid)? })
    }

    /// The process number.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Hung up from the child's end on.
    pub fn exit_fd(&self) -> BorrowedFd<'_> {
        self.exit_fd.as_fd()
    }

    /// Sends `signal`; 0 only asks.
    pub fn kill(&self, signal: i32) -> Result<(), Errno> {
        // SAFETY: no memory involved; an unreaped child keeps its number.
        if unsafe { libc::kill(self.pid, signal) } == 0 { Ok(()) } else { Err(Errno::last()) }
    }

    /// Reaps the child if it has ended. ECHILD: somebody else did.
    pub fn try_reap(&self) -> Result<Option<Exit>, Errno> {
        self.wait(libc::WNOHANG)
    }

    /// Waits for a child that is dying, and reaps it.
    pub fn bury(&self) {
        while self.wait(0) == Err(Errno(libc::EINTR)) {}
    }

    fn wait(&self, options: i32) -> Result<Option<Exit>, Errno> {
        let mut status = 0;
        // SAFETY: the system fills a number and a struct of plain numbers.
        unsafe {
            let mut usage: libc::rusage = std::mem::zeroed();
            match libc::wait4(self.pid, &mut status, options, &mut usage) {
                -1 => Err(Errno::last()),
                0 => Ok(None),
                _ => Ok(Some(Exit::from_status(status, Some(Usage::from(&usage))))),
            }
        }
    }

    /// The exit of a child that somebody else's `wait` took from us: only the fact that it ended.
    pub fn stolen_exit(&self) -> Exit {
        Exit { code: -libc::ECHILD, ..Exit::default() }
    }
}

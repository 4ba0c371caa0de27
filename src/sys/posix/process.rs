//! A started child, by its number, which is its own until it is reaped: signals to it and its end, which SIGCHLD tells.

use std::os::fd::BorrowedFd;

use nix::libc;

use crate::child::exit::Exit;
use crate::error::Errno;
use crate::sys::by_number;

/// A child that was started and not yet reaped.
pub struct Process {
    pid: i32,
}

impl Process {
    /// A child that was just forked.
    pub fn forked(pid: i32, _by_number: bool) -> Process {
        Process { pid }
    }

    /// The process number.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// There is no descriptor that tells of the end.
    pub fn exit_fd(&self) -> Option<BorrowedFd<'_>> {
        None
    }

    /// Sends `signal`; 0 only asks.
    pub fn kill(&self, signal: i32) -> Result<(), Errno> {
        by_number::kill(self.pid, signal)
    }

    /// Reaps the child if it has ended. None also where a debugger holds it. ECHILD: somebody else reaped it.
    pub fn try_reap(&self) -> Result<Option<Exit>, Errno> {
        by_number::wait(self.pid, libc::WNOHANG)
    }

    /// Waits for the child's end, and reaps it.
    pub fn bury(&self) -> Exit {
        loop {
            match by_number::wait(self.pid, 0) {
                Ok(Some(exit)) => return exit,
                Ok(None) | Err(Errno(libc::EINTR)) => {}
                Err(_) => return self.stolen_exit(),
            }
        }
    }

    /// The exit of a child that somebody else's `wait` took from us: only the fact that it ended.
    pub fn stolen_exit(&self) -> Exit {
        Exit { code: -libc::ECHILD, ..Exit::default() }
    }
}

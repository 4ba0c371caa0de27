//! A started child: signals to it, its end, and the descriptor that tells of the end.
//!
//! A pidfd names the process, not the number: `pidfd_send_signal` can never hit a stranger that got the
//! number after the child was reaped, and `waitid(P_PIDFD)` reaps our child and no other, so libuv's own SIGCHLD
//! handling in the same process is left in peace. Where no pidfd can be had (see `pidfd`, or because no descriptor is
//! left) the number serves, which is the child's own until we reap it, and its owner learns of the end by SIGCHLD.
//!
//! # Safety
//! A plain call on a descriptor that the struct owns.
#![allow(unsafe_code)]

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use nix::libc;

use super::pidfd;
use crate::child::exit::Exit;
use crate::error::Errno;
use crate::sys::by_number;

/// A child that was started and not yet reaped.
pub struct Process {
    pid: i32,
    pidfd: Option<OwnedFd>,
}

impl Process {
    /// A child that was just started, with the pidfd that it was born with.
    pub fn new(pid: i32, pidfd: Option<OwnedFd>) -> Process {
        Process { pid, pidfd }
    }

    /// A child that was just forked. It is held by its number where it can have no pidfd, or shall have none.
    pub fn forked(pid: i32, by_number: bool) -> Process {
        let pidfd = if by_number || !pidfd::are_usable() { None } else { pidfd::open(pid).ok() };
        Process { pid, pidfd }
    }

    /// The process number.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Readable from the child's end on. None: SIGCHLD tells of the end, or asking again and again.
    pub fn exit_fd(&self) -> Option<BorrowedFd<'_>> {
        self.pidfd.as_ref().map(OwnedFd::as_fd)
    }

    /// Sends `signal`; 0 only asks.
    pub fn kill(&self, signal: i32) -> Result<(), Errno> {
        match self.exit_fd().map(|fd| pidfd::send_signal(fd, signal)) {
            // Reaped by somebody else's `wait`: the number may be a stranger's by now.
            Some(sent @ (Ok(()) | Err(Errno(libc::ESRCH)))) => sent,
            // EPERM may be a sandbox's, which the process entered later; a true one comes again.
            _ => by_number::kill(self.pid, signal),
        }
    }

    /// Reaps the child if it has ended. None also where a debugger holds it. ECHILD: somebody else reaped it.
    pub fn try_reap(&self) -> Result<Option<Exit>, Errno> {
        self.wait(libc::WNOHANG)
    }

    /// Waits for the child's end, and reaps it.
    pub fn bury(&self) -> Exit {
        loop {
            match self.wait(0) {
                Ok(Some(exit)) => return exit,
                Ok(None) | Err(Errno(libc::EINTR)) => {}
                Err(_) => return self.stolen_exit(),
            }
        }
    }

    fn wait(&self, options: i32) -> Result<Option<Exit>, Errno> {
        match self.exit_fd().map(|fd| pidfd::wait(fd, options)) {
            Some(waited @ (Ok(_) | Err(Errno(libc::ECHILD | libc::EINTR)))) => waited,
            _ => by_number::wait(self.pid, options | libc::__WALL),
        }
    }

    /// The exit of a child that somebody else's `wait` took from us: from the pidfd where the kernel (6.15)
    /// keeps it there, else only the fact that it ended.
    pub fn stolen_exit(&self) -> Exit {
        const PIDFD_GET_INFO: libc::c_ulong = 0xc040_ff0b;
        const PIDFD_INFO_EXIT: u64 = 1 << 3;
        #[repr(C)]
        struct Info {
            mask: u64,
            cgroup: u64,
            numbers: [u32; 11],
            exit_code: i32,
        }
        const { assert!(size_of::<Info>() == 64) };
        let unknown = Exit { code: -libc::ECHILD, ..Exit::default() };
        let Some(pidfd) = &self.pidfd else { return unknown };
        let mut info = Info { mask: PIDFD_INFO_EXIT, cgroup: 0, numbers: [0; 11], exit_code: 0 };
        // SAFETY: the number encodes the struct's size (0x40), so the kernel writes no more than it.
        let result = unsafe { libc::ioctl(pidfd.as_raw_fd(), PIDFD_GET_INFO as _, &raw mut info) };
        if result == 0 && info.mask & PIDFD_INFO_EXIT != 0 {
            Exit::from_status(info.exit_code, None)
        } else {
            unknown
        }
    }
}

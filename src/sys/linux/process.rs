//! A started child: signals to it, its end, and the descriptor that tells of the end.
//!
//! A pidfd names the process, not the number: `pidfd_send_signal` can never hit a stranger that got the
//! number after the child was reaped, and `waitid(P_PIDFD)` reaps our child and no other, so libuv's own SIGCHLD
//! handling in the same process is left in peace. Where no pidfd can be had a thread waits for the child with
//! WNOWAIT and then closes a pipe; the child stays a zombie until the owner reaps it, so its number cannot
//! be reused before, and `kill` is as safe.
//!
//! # Safety
//! Plain calls on descriptors and numbers that the struct owns.
#![allow(unsafe_code)]

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::ptr::null;

use nix::libc;

use crate::error::Errno;
use crate::sys::ending::{Exit, Usage};
use crate::sys::waiter;

/// A child that was started and not yet reaped.
pub struct Process {
    pid: i32,
    /// A pidfd, or the read end of the pipe that the waiting thread closes.
    exit_fd: OwnedFd,
    is_pidfd: bool,
}

impl Process {
    /// The child that `clone` gave a pidfd for.
    pub fn with_pidfd(pid: i32, pidfd: OwnedFd) -> Process {
        Process { pid, exit_fd: pidfd, is_pidfd: true }
    }

    /// Watches a forked child: by a pidfd if the kernel has them (5.3) and `threads` does not say otherwise.
    pub fn watch(pid: i32, threads: bool) -> Result<Process, Errno> {
        if !threads {
            // SAFETY: no memory involved; the child is ours and unreaped, so the number is still its own.
            let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
            if fd >= 0 {
                // SAFETY: a new descriptor, close-on-exec as all pidfds are.
                return Ok(Process::with_pidfd(pid, unsafe { OwnedFd::from_raw_fd(fd as i32) }));
            }
        }
        Ok(Process { pid, exit_fd: waiter::pipe_closed_at_exit(pid)?, is_pidfd: false })
    }

    /// The process number.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Readable, or hung up, from the child's end on.
    pub fn exit_fd(&self) -> BorrowedFd<'_> {
        self.exit_fd.as_fd()
    }

    /// Sends `signal`; 0 only asks.
    pub fn kill(&self, signal: i32) -> Result<(), Errno> {
        if self.is_pidfd {
            let none = null::<libc::siginfo_t>();
            let fd = self.exit_fd.as_raw_fd();
            // SAFETY: no memory involved (no siginfo is passed).
            if unsafe { libc::syscall(libc::SYS_pidfd_send_signal, fd, signal, none, 0) } == 0 {
                return Ok(());
            }
            match Errno::last() {
                // Hidden by a sandbox. The number will do: it is the child's own until we reap it.
                Errno(libc::ENOSYS) => {}
                errno => return Err(errno),
            }
        }
        // SAFETY: no memory involved.
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
        if self.is_pidfd {
            match self.wait_by(libc::P_PIDFD, self.exit_fd.as_raw_fd(), options) {
                // Linux 5.2 and 5.3 give pidfds but cannot wait for them.
                Err(Errno(libc::EINVAL)) => {}
                result => return result,
            }
        }
        self.wait_by(libc::P_PID, self.pid, options)
    }

    fn wait_by(&self, kind: libc::idtype_t, name: i32, options: i32) -> Result<Option<Exit>, Errno> {
        // Without __WALL a child that dies before its `execve`, with the exit signal still 0, is not found.
        let options = options | libc::WEXITED | libc::__WALL;
        // SAFETY: both structs are plain numbers; the kernel fills them. libc's waitid has no rusage.
        unsafe {
            let mut info: libc::siginfo_t = std::mem::zeroed();
            let mut usage: libc::rusage = std::mem::zeroed();
            if libc::syscall(libc::SYS_waitid, kind, name, &raw mut info, options, &raw mut usage) != 0 {
                return Err(Errno::last());
            }
            if info.si_pid() == 0 {
                return Ok(None);
            }
            let usage = Some(Usage::from(&usage));
            Ok(Some(match info.si_code {
                libc::CLD_EXITED => Exit { code: info.si_status(), signal: 0, usage },
                _ => Exit { code: 0, signal: info.si_status(), usage },
            }))
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
        if !self.is_pidfd {
            return unknown;
        }
        let mut info = Info { mask: PIDFD_INFO_EXIT, cgroup: 0, numbers: [0; 11], exit_code: 0 };
        // SAFETY: the number encodes the struct's size (0x40), so the kernel writes no more than it.
        let result = unsafe { libc::ioctl(self.exit_fd.as_raw_fd(), PIDFD_GET_INFO as _, &raw mut info) };
        if result == 0 && info.mask & PIDFD_INFO_EXIT != 0 {
            Exit::from_status(info.exit_code, None)
        } else {
            unknown
        }
    }
}

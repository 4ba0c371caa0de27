//! Descriptors for processes, and whether they serve here.
//!
//! CLONE_PIDFD came with Linux 5.2, and older kernels ignore it without an error; `pidfd_open` and polling came with 5.3,
//! `waitid(P_PIDFD)` with 5.4. Sandboxes refuse some of these calls and allow others. So it is tried once, with a pidfd of
//! this process, whether all of them work; where one does not, children go by their numbers and SIGCHLD.
//!
//! # Safety
//! Plain calls on numbers and descriptors; the kernel fills structs on the stack.
#![allow(unsafe_code)]

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::ptr::null;
use std::sync::atomic::{AtomicU8, Ordering};

use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::child::exit::{Exit, Usage};
use crate::error::Errno;

const UNKNOWN: u8 = 0;
const USABLE: u8 = 1;
const MISSING: u8 = 2;

static ANSWER: AtomicU8 = AtomicU8::new(UNKNOWN);

/// Can children be watched, signalled and waited for by pidfd? Asked once; not while there is no descriptor to ask with.
pub fn are_usable() -> bool {
    match ANSWER.load(Ordering::Relaxed) {
        UNKNOWN => {}
        answer => return answer == USABLE,
    }
    let usable = match open(std::process::id() as i32).and_then(|own| serves(own.as_fd())) {
        // What passes is not remembered.
        Err(Errno(libc::EMFILE | libc::ENFILE | libc::ENOMEM | libc::EAGAIN)) => return false,
        Err(_) => false,
        Ok(serves) => serves,
    };
    ANSWER.store(if usable { USABLE } else { MISSING }, Ordering::Relaxed);
    usable
}

fn serves(own: BorrowedFd<'_>) -> Result<bool, Errno> {
    let ready = loop {
        match poll(&mut [PollFd::new(own, PollFlags::POLLIN)], PollTimeout::ZERO) {
            // A signal came meanwhile.
            Err(nix::errno::Errno::EINTR) => {}
            result => break result.map_err(|errno| Errno(errno as i32))?,
        }
    };
    // Where pidfds cannot be polled, they seem to be ready at once. Nobody is a child of its own.
    Ok(ready == 0 && send_signal(own, 0).is_ok() && wait(own, libc::WNOHANG) == Err(Errno(libc::ECHILD)))
}

/// A pidfd, close-on-exec as all of them are.
pub fn open(pid: i32) -> Result<OwnedFd, Errno> {
    // SAFETY: no memory involved.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
    // SAFETY: a new descriptor.
    if fd < 0 { Err(Errno::last()) } else { Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) }) }
}

/// Sends `signal`; 0 only asks.
pub fn send_signal(pidfd: BorrowedFd<'_>, signal: i32) -> Result<(), Errno> {
    let none = null::<libc::siginfo_t>();
    // SAFETY: no memory involved (no siginfo is passed).
    match unsafe { libc::syscall(libc::SYS_pidfd_send_signal, pidfd.as_raw_fd(), signal, none, 0) } {
        0 => Ok(()),
        _ => Err(Errno::last()),
    }
}

/// `waitid` for this one child, with usage.
pub fn wait(pidfd: BorrowedFd<'_>, options: i32) -> Result<Option<Exit>, Errno> {
    // Without __WALL a child that dies before its `execve`, with the exit signal still 0, is not found.
    let options = options | libc::WEXITED | libc::__WALL;
    // SAFETY: both structs are plain numbers; the kernel fills them. libc's waitid has no rusage.
    unsafe {
        let mut info: libc::siginfo_t = std::mem::zeroed();
        let mut usage: libc::rusage = std::mem::zeroed();
        let (kind, name) = (libc::P_PIDFD, pidfd.as_raw_fd());
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

//! Making descriptors, close-on-exec from birth so that a child started by another thread at the same moment
//! never inherits them.
//!
//! # Safety
//! Plain calls on numbers; new descriptors are owned at once.
#![allow(unsafe_code)]

use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use nix::libc;

use crate::error::Errno;

/// A pipe: (read end, write end).
pub fn pipe() -> Result<(OwnedFd, OwnedFd), Errno> {
    Ok(nix::unistd::pipe2(nix::fcntl::OFlag::O_CLOEXEC)?)
}

/// Two connected stream sockets.
pub fn socket_pair() -> Result<(OwnedFd, OwnedFd), Errno> {
    use nix::sys::socket::{AddressFamily, SockFlag, SockType, socketpair};
    Ok(socketpair(AddressFamily::Unix, SockType::Stream, None, SockFlag::SOCK_CLOEXEC)?)
}

/// Asks the kernel to let the pipe hold `size` bytes; false when it refuses (a limit for all pipes of a user).
pub fn set_pipe_size(fd: BorrowedFd<'_>, size: usize) -> bool {
    // SAFETY: no memory involved.
    unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_SETPIPE_SZ, size as libc::c_int) >= 0 }
}

/// A close-on-exec duplicate of `fd` at `least` or above.
pub fn duplicate_above(fd: BorrowedFd<'_>, least: i32) -> Result<OwnedFd, Errno> {
    // SAFETY: no memory involved; the result is a new descriptor.
    unsafe {
        match libc::fcntl(fd.as_raw_fd(), libc::F_DUPFD_CLOEXEC, least) {
            -1 => Err(Errno::last()),
            new => Ok(OwnedFd::from_raw_fd(new)),
        }
    }
}

//! Making descriptors, close-on-exec from birth so that a child started by another thread at the same moment
//! never inherits them.
//!
//! # Safety
//! A new descriptor is owned at once.
#![allow(unsafe_code)]

use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socketpair};

use crate::error::Errno;

/// A pipe: (read end, write end).
pub fn pipe() -> Result<(OwnedFd, OwnedFd), Errno> {
    Ok(nix::unistd::pipe2(OFlag::O_CLOEXEC)?)
}

/// Two connected stream sockets.
pub fn socket_pair() -> Result<(OwnedFd, OwnedFd), Errno> {
    Ok(socketpair(AddressFamily::Unix, SockType::Stream, None, SockFlag::SOCK_CLOEXEC)?)
}

/// Asks the kernel to let the pipe hold `size` bytes; false when it refuses (a limit for all pipes of a user).
pub fn set_pipe_size(fd: BorrowedFd<'_>, size: i32) -> bool {
    fcntl(fd, FcntlArg::F_SETPIPE_SZ(size)).is_ok()
}

/// A close-on-exec duplicate of `fd` at `least` or above.
pub fn duplicate_above(fd: BorrowedFd<'_>, least: i32) -> Result<OwnedFd, Errno> {
    let new = fcntl(fd, FcntlArg::F_DUPFD_CLOEXEC(least))?;
    // SAFETY: a new descriptor.
    Ok(unsafe { OwnedFd::from_raw_fd(new) })
}

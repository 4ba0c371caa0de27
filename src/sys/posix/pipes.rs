//! Making descriptors. Without `pipe2` they become close-on-exec a moment after their birth; a child that another thread
//! forks in that moment inherits them. Nothing can be done about that here (libuv has the same gap).
//!
//! # Safety
//! Plain calls on numbers; new descriptors are owned at once.
#![allow(unsafe_code)]

use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd};

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socketpair};

use crate::error::Errno;

type Pair = (OwnedFd, OwnedFd);

fn sealed((one, other): Pair) -> Result<Pair, Errno> {
    fcntl(&one, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
    fcntl(&other, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
    Ok((one, other))
}

/// A pipe: (read end, write end).
pub fn pipe() -> Result<Pair, Errno> {
    sealed(nix::unistd::pipe()?)
}

/// Two connected stream sockets.
pub fn socket_pair() -> Result<Pair, Errno> {
    sealed(socketpair(AddressFamily::Unix, SockType::Stream, None, SockFlag::empty())?)
}

/// Pipes cannot be enlarged here, and hold too little for what children may write before they end.
pub fn set_pipe_size(_: BorrowedFd<'_>, _: i32) -> bool {
    false
}

/// A close-on-exec duplicate of `fd` at `least` or above.
pub fn duplicate_above(fd: BorrowedFd<'_>, least: i32) -> Result<OwnedFd, Errno> {
    let new = fcntl(fd, FcntlArg::F_DUPFD_CLOEXEC(least))?;
    // SAFETY: a new descriptor.
    Ok(unsafe { OwnedFd::from_raw_fd(new) })
}

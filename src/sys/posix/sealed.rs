//! Memory that two processes share and neither can take away from the other: there are no seals here, so there is no
//! such memory, and what would have gone through it goes over the socket.

use std::os::fd::{BorrowedFd, OwnedFd};

use nix::libc;

use crate::error::Errno;
use crate::sys::mapping::{Mapping, Span};

/// Not here.
pub fn create(_: usize) -> Result<(OwnedFd, Mapping), Errno> {
    Err(Errno(libc::ENOSYS))
}

/// Not here.
pub fn open(_: BorrowedFd<'_>, _: usize) -> Result<Borrowed, Errno> {
    Err(Errno(libc::ENOSYS))
}

/// Never made.
#[derive(Debug)]
pub enum Borrowed {}

impl Borrowed {
    /// None is.
    pub fn span(&mut self, _: usize, _: usize) -> Option<Span<'_>> {
        match *self {}
    }
}

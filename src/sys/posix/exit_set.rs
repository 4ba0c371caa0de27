//! There are no exit descriptors here, and so no set of them: SIGCHLD tells of all ends.

use std::os::fd::BorrowedFd;

use nix::libc;

use crate::error::Errno;

/// A set that nobody can make.
pub enum ExitSet {}

impl ExitSet {
    /// ENOSYS.
    pub fn new() -> Result<ExitSet, Errno> {
        Err(Errno(libc::ENOSYS))
    }

    /// The descriptor to watch.
    pub fn fd(&self) -> BorrowedFd<'_> {
        match *self {}
    }

    /// Adds the exit descriptor of child `id`.
    pub fn add(&self, _exit_fd: BorrowedFd<'_>, _id: i32) -> Result<(), Errno> {
        match *self {}
    }

    /// The ids of children that have ended.
    pub fn ready(&self, _ids: &mut Vec<i32>) {
        match *self {}
    }
}

//! Sealed shared pages where the system has none: without seals a peer could take pages away from under our mapping, which
//! is SIGBUS, so there is nothing here that would be safe to offer.
//!
//! # Safety
//! No memory is involved.
#![allow(unsafe_code)]

use std::ffi::CStr;
use std::os::fd::{BorrowedFd, OwnedFd};

use nix::libc;

use crate::error::Errno;
use crate::sys::node_api::Bytes;

/// What a sealed file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The device and the inode.
    pub device: u64,
    /// See `device`.
    pub inode: u64,
    /// Its size.
    pub size: u64,
}

/// ENOSYS.
pub fn make(_: &CStr, _: u64) -> Result<OwnedFd, Errno> {
    Err(Errno(libc::ENOSYS))
}

/// ENOSYS.
pub fn check_seals(_: BorrowedFd<'_>) -> Result<Identity, Errno> {
    Err(Errno(libc::ENOSYS))
}

/// Never there.
#[derive(Debug)]
pub enum SharedPages {}

impl SharedPages {
    /// ENOSYS.
    pub fn of(_: BorrowedFd<'_>, _: u64) -> Result<SharedPages, Errno> {
        Err(Errno(libc::ENOSYS))
    }
}

// SAFETY: there is no value of this type.
unsafe impl Bytes for SharedPages {
    fn parts(&mut self) -> (*mut u8, usize) {
        match *self {}
    }
}

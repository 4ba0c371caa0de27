//! Memory that processes share and nobody can take away: without seals a peer could take pages away from under our mapping,
//! which is SIGBUS. So there is no such memory here: `sharedMemory()` says ENOSYS, and a channel's large payloads go over its socket.
//!
//! # Safety
//! There is no value of the types that the contracts are about.
#![allow(unsafe_code)]

use std::os::fd::{BorrowedFd, OwnedFd};

use nix::libc;

use crate::error::Errno;
use crate::sys::bytes::Bytes;
use crate::sys::mapping::{Mapping, Span};

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
pub fn make_shared(_: u64) -> Result<OwnedFd, Errno> {
    Err(Errno(libc::ENOSYS))
}

/// ENOSYS.
pub fn identity(_: BorrowedFd<'_>) -> Result<Identity, Errno> {
    Err(Errno(libc::ENOSYS))
}

/// Never made.
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

/// ENOSYS.
pub fn make_outgoing(_: usize) -> Result<(OwnedFd, Mapping), Errno> {
    Err(Errno(libc::ENOSYS))
}

/// Never made.
#[derive(Debug)]
pub enum Incoming {}

impl Incoming {
    /// ENOSYS.
    pub fn of(_: BorrowedFd<'_>, _: usize) -> Result<Incoming, Errno> {
        Err(Errno(libc::ENOSYS))
    }

    /// None is.
    pub fn span(&mut self, _: usize, _: usize) -> Option<Span<'_>> {
        match *self {}
    }
}

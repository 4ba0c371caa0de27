//! A mapping that another process may change while we look at it.
//!
//! No reference is ever made into it, for a reference promises that the bytes stay what they are. Bytes are
//! copied in and out by address, each once, and whatever comes out is only then looked at.
//!
//! # Safety
//! The struct owns its mapping; a [`Span`] lies inside of it and borrows it, so it cannot outlive it.
#![allow(unsafe_code)]

use std::marker::PhantomData;
use std::ptr::NonNull;

use nix::libc;

use super::bulk;

/// See the module's text.
#[derive(Debug)]
pub struct Mapping {
    base: NonNull<u8>,
    size: usize,
}

// SAFETY: plain memory without any tie to the thread that mapped it.
unsafe impl Send for Mapping {}

impl Mapping {
    /// Takes a mapping over.
    ///
    /// # Safety
    /// `base` and `size` are a whole mapping that nobody else unmaps, and that stays readable as long as it is mapped.
    pub unsafe fn own(base: NonNull<u8>, size: usize) -> Mapping {
        Mapping { base, size }
    }

    /// Its size in bytes.
    pub fn len(&self) -> usize {
        self.size
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.size == 0
    }

    /// A part of it; None where that is not inside.
    pub fn span(&self, offset: usize, length: usize) -> Option<Span<'_>> {
        let end = offset.checked_add(length)?;
        // SAFETY: inside the mapping, or not made.
        (end <= self.size).then(|| Span { start: unsafe { self.base.add(offset) }, length, of: PhantomData })
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: our own mapping; spans borrow it, so none is left.
        unsafe { libc::munmap(self.base.as_ptr().cast(), self.size) };
    }
}

/// A part of a mapping.
#[derive(Clone, Copy)]
pub struct Span<'a> {
    start: NonNull<u8>,
    length: usize,
    of: PhantomData<&'a Mapping>,
}

impl Span<'_> {
    /// Its first byte, for whoever copies by address.
    pub fn start(&self) -> *mut u8 {
        self.start.as_ptr()
    }

    /// Its length in bytes.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Copies `bytes` to its beginning; false where they are too many. The mapping must be one to write to.
    pub fn write(&self, bytes: &[u8]) -> bool {
        if bytes.len() > self.length {
            return false;
        }
        // SAFETY: inside the mapping. The source is not in it: JavaScript never gets at mappings of this kind.
        unsafe { bulk::copy(bytes.as_ptr(), self.start.as_ptr(), bytes.len()) };
        true
    }

    /// Copies it to the beginning of `target`, as much as there is room for.
    pub fn read(&self, target: &mut [u8]) {
        let length = self.length.min(target.len());
        // SAFETY: both are at least so long.
        unsafe { self.copy_to(NonNull::from(target).cast(), length) };
    }

    /// Copies its first `length` bytes to fresh memory.
    ///
    /// # Safety
    /// `target` has room for `length` bytes, which are no more than the span's, and nobody else uses it.
    pub unsafe fn copy_to(&self, target: NonNull<u8>, length: usize) {
        // SAFETY: by contract.
        unsafe { bulk::copy(self.start.as_ptr(), target.as_ptr(), length) };
    }
}

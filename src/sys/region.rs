//! Growing memory for a child's output, which JavaScript then gets without a copy.
//!
//! A vector that doubles copies everything it holds each time; a mapping grows by moving page tables. Large
//! ones ask for huge pages (they are opt-in on many systems): without them a third of the time of collecting
//! 128 MB goes to page faults.
//!
//! # Safety
//! The struct owns its mapping. Fresh anonymous pages read as zero, so all of the mapping counts as initialised.
#![allow(unsafe_code)]

use std::ffi::c_void;
use std::ptr::{NonNull, null_mut};
use std::slice;

use nix::libc;

use super::node_api::Bytes;
use super::os::remap;
use crate::error::Errno;

const FIRST: usize = 128 * 1024;
const HUGE_PAGE: usize = 2 * 1024 * 1024;
const PAGE: usize = 64 * 1024; // a multiple of every page size in use

/// Bytes that were written so far, and room for more.
pub struct Region {
    base: Option<NonNull<u8>>,
    capacity: usize,
    used: usize,
}

// SAFETY: plain memory without any tie to the thread that mapped it.
unsafe impl Send for Region {}

impl Region {
    /// An empty one; maps nothing yet.
    pub fn new() -> Region {
        Region { base: None, capacity: 0, used: 0 }
    }

    /// How many bytes were written.
    pub fn len(&self) -> usize {
        self.used
    }

    /// Nothing written?
    pub fn is_empty(&self) -> bool {
        self.used == 0
    }

    /// The bytes that were written.
    pub fn bytes(&self) -> &[u8] {
        match self.base {
            // SAFETY: the first `used` bytes of the mapping.
            Some(base) => unsafe { slice::from_raw_parts(base.as_ptr(), self.used) },
            None => &[],
        }
    }

    /// Room behind them, at least `least` bytes.
    pub fn spare(&mut self, least: usize) -> Result<&mut [u8], Errno> {
        if self.capacity - self.used < least {
            self.grow(self.used.checked_add(least).ok_or(Errno(libc::ENOMEM))?)?;
        }
        let base = self.base.ok_or(Errno(libc::ENOMEM))?;
        // SAFETY: the part of the mapping behind `used`.
        Ok(unsafe { slice::from_raw_parts_mut(base.as_ptr().add(self.used), self.capacity - self.used) })
    }

    /// Counts `written` bytes of the spare room as used.
    pub fn advance(&mut self, written: usize) {
        self.used = (self.used + written).min(self.capacity);
    }

    fn grow(&mut self, needed: usize) -> Result<(), Errno> {
        // Doubling keeps the number of system calls small. Untouched pages cost nothing.
        let capacity = needed.max(self.capacity * 2).max(FIRST);
        let unit = if capacity >= HUGE_PAGE { HUGE_PAGE } else { PAGE };
        let capacity = capacity.next_multiple_of(unit);
        let base = match self.base {
            None => map(capacity)?,
            // SAFETY: our own mapping with its current size; the old address is forgotten.
            Some(base) => unsafe { remap::grow(base.cast(), self.capacity, capacity)? }.cast(),
        };
        if capacity >= HUGE_PAGE {
            remap::prefer_huge_pages(base.cast(), capacity);
        }
        self.base = Some(base);
        self.capacity = capacity;
        Ok(())
    }

    /// Gives unused pages back.
    pub fn trim(&mut self) {
        let keep = self.used.next_multiple_of(PAGE);
        if let Some(base) = self.base
            && keep < self.capacity
        {
            // SAFETY: the tail of our own mapping, on a page boundary, not used by anyone.
            unsafe { libc::munmap(base.as_ptr().add(keep).cast(), self.capacity - keep) };
            self.capacity = keep;
            if keep == 0 {
                self.base = None;
            }
        }
    }
}

impl Default for Region {
    fn default() -> Self {
        Region::new()
    }
}

fn map(size: usize) -> Result<NonNull<u8>, Errno> {
    // SAFETY: a fresh anonymous mapping at an address of the kernel's choice.
    let base = unsafe {
        libc::mmap(
            null_mut::<c_void>(),
            size,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANON,
            -1,
            0,
        )
    };
    if base == libc::MAP_FAILED {
        Err(Errno::last())
    } else {
        NonNull::new(base.cast()).ok_or(Errno(libc::ENOMEM))
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        if let Some(base) = self.base {
            // SAFETY: our own mapping; nobody else has its address (see `Bytes`).
            unsafe { libc::munmap(base.as_ptr().cast(), self.capacity) };
        }
    }
}

// SAFETY: the mapping does not move with the struct, is exclusively owned and lives until the drop.
unsafe impl Bytes for Region {
    fn parts(&mut self) -> (*mut u8, usize) {
        (self.base.map_or(null_mut(), NonNull::as_ptr), self.used)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_survive_growth_and_trimming() {
        let mut region = Region::new();
        assert!(region.bytes().is_empty());
        let mut expected = Vec::new();
        for round in 0..200usize {
            let piece = vec![round as u8; 40_000 + round];
            region.spare(piece.len()).unwrap()[..piece.len()].copy_from_slice(&piece);
            region.advance(piece.len());
            expected.extend_from_slice(&piece);
        }
        assert_eq!(region.bytes(), expected);
        region.trim();
        assert_eq!(region.bytes(), expected);
        assert!(region.spare(1).is_ok());
        assert_eq!(region.bytes(), expected);
    }

    #[test]
    fn an_unused_region_trims_to_nothing() {
        let mut region = Region::new();
        region.spare(10).unwrap();
        region.trim();
        assert!(region.is_empty());
        assert_eq!(region.bytes(), b"");
    }

    #[test]
    fn impossible_sizes_are_refused() {
        assert!(Region::new().spare(usize::MAX / 2).is_err());
    }
}

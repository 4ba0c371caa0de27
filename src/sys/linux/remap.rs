//! Growing a mapping by moving its page tables (or by a copy, where a sandbox refuses that), and moving pages from one mapping into another.
//!
//! # Safety
//! Works on mappings that the caller owns.
#![allow(unsafe_code)]

use std::ffi::c_void;
use std::ptr::NonNull;

use nix::libc;

use super::copying;
use crate::error::Errno;

/// Makes the mapping larger, elsewhere if need be.
///
/// # Safety
/// `base` and `size` are a whole mapping of the caller's, whose old address is used no more.
pub unsafe fn grow(base: NonNull<c_void>, size: usize, new_size: usize) -> Result<NonNull<c_void>, Errno> {
    // SAFETY: by contract.
    let new = unsafe { libc::mremap(base.as_ptr(), size, new_size, libc::MREMAP_MAYMOVE) };
    if new == libc::MAP_FAILED {
        return match Errno::last() {
            Errno(libc::ENOMEM) => Err(Errno(libc::ENOMEM)),
            // SAFETY: by contract.
            _ => unsafe { copying::grow(base, size, new_size) },
        };
    }
    NonNull::new(new).ok_or(Errno(libc::ENOMEM))
}

/// Makes pages present, where the kernel (5.14) can do that ahead of their use.
pub fn populate(base: NonNull<c_void>, size: usize) {
    // SAFETY: faults pages in and changes no contents, whatever the address.
    unsafe { libc::madvise(base.as_ptr(), size, libc::MADV_POPULATE_WRITE) };
}

/// The size of a page.
pub fn page_size() -> usize {
    // SAFETY: a query; it cannot fail for this name.
    unsafe { libc::sysconf(libc::_SC_PAGESIZE) as usize }
}

/// Moves whole pages over those at `to`. False if nothing was moved.
///
/// # Safety
/// Both ranges are `size` bytes of private anonymous memory, on page boundaries, in nobody else's use.
pub unsafe fn move_pages(from: NonNull<c_void>, size: usize, to: NonNull<c_void>) -> bool {
    // SAFETY: by contract.
    unsafe {
        let flags = libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED;
        if libc::mremap(from.as_ptr(), size, size, flags, to.as_ptr()) != libc::MAP_FAILED {
            return true;
        }
        // The kernel may have unmapped the destination before it gave up (too many mappings): fill the hole.
        let plain = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED;
        libc::mmap(to.as_ptr(), size, libc::PROT_READ | libc::PROT_WRITE, plain, -1, 0);
        false
    }
}

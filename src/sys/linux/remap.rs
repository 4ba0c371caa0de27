//! Growing a mapping in place or by moving its page tables.
//!
//! # Safety
//! Works on mappings that the caller owns.
#![allow(unsafe_code)]

use std::ffi::c_void;
use std::ptr::NonNull;

use nix::libc;

use crate::error::Errno;

/// Makes the mapping larger, elsewhere if need be.
///
/// # Safety
/// `base` and `size` are a whole mapping of the caller's, whose old address is used no more.
pub unsafe fn grow(base: NonNull<c_void>, size: usize, new_size: usize) -> Result<NonNull<c_void>, Errno> {
    // SAFETY: by contract.
    let new = unsafe { libc::mremap(base.as_ptr(), size, new_size, libc::MREMAP_MAYMOVE) };
    if new == libc::MAP_FAILED { Err(Errno::last()) } else { NonNull::new(new).ok_or(Errno(libc::ENOMEM)) }
}

/// Asks for huge pages where they are opt-in.
pub fn prefer_huge_pages(base: NonNull<c_void>, size: usize) {
    // SAFETY: advice changes no contents, whatever the address.
    unsafe { libc::madvise(base.as_ptr(), size, libc::MADV_HUGEPAGE) };
}

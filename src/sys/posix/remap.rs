//! Growing a mapping where the system cannot: a new one, and a copy.
//!
//! # Safety
//! Works on mappings that the caller owns.
#![allow(unsafe_code)]

use std::ffi::c_void;
use std::ptr::{NonNull, null_mut};

use nix::libc;

use crate::error::Errno;

/// Makes the mapping larger, elsewhere.
///
/// # Safety
/// `base` and `size` are a whole mapping of the caller's, whose old address is used no more.
pub unsafe fn grow(base: NonNull<c_void>, size: usize, new_size: usize) -> Result<NonNull<c_void>, Errno> {
    // SAFETY: a fresh mapping at an address of the system's choice, then by contract.
    unsafe {
        let access = libc::PROT_READ | libc::PROT_WRITE;
        let new = libc::mmap(null_mut(), new_size, access, libc::MAP_PRIVATE | libc::MAP_ANON, -1, 0);
        if new == libc::MAP_FAILED {
            return Err(Errno::last());
        }
        new.copy_from_nonoverlapping(base.as_ptr(), size);
        libc::munmap(base.as_ptr(), size);
        NonNull::new(new).ok_or(Errno(libc::ENOMEM))
    }
}

/// Pages come when they are touched.
pub fn populate(_: NonNull<c_void>, _: usize) {}

/// The size of a page.
pub fn page_size() -> usize {
    // SAFETY: a query; it cannot fail for this name.
    unsafe { libc::sysconf(libc::_SC_PAGESIZE) as usize }
}

/// Pages cannot be moved here.
///
/// # Safety
/// None; the signature is that of the systems that can.
pub unsafe fn move_pages(_: NonNull<c_void>, _: usize, _: NonNull<c_void>) -> bool {
    false
}

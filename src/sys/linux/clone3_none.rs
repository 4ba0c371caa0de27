//! Processors for which nobody has written down how a child begins on a stack of its own after `clone3`: there the
//! kernel's answer is given that it has no such call, and `clone` does the work.
//!
//! # Safety
//! Nothing here is unsafe but the name, which is that of `clone3_x86_64.rs`.
#![allow(unsafe_code)]

use std::ffi::{c_int, c_void};

use nix::libc;

/// No `clone3` for a child on a stack of its own: it takes an instruction sequence of the processor's.
///
/// # Safety
/// None is needed; the name is shared with processors where it is.
pub unsafe fn clone3(
    _arguments: *const c_void,
    _size: usize,
    _entry: extern "C" fn(*mut c_void) -> c_int,
    _data: *mut c_void,
) -> isize {
    -(libc::ENOSYS as isize)
}

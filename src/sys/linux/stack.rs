//! Stacks for children that are born into our memory.
//!
//! Each has a guard page below, so that an overflow kills the child instead of corrupting the parent. They
//! are pooled: mapping and touching a fresh one costs about as much as a third of the start itself. Several
//! threads may start children at once, so each start takes a stack of its own; the pool's lock is held
//! for a push or a pop only.
//!
//! # Safety
//! A stack goes back to the pool only after `clone(CLONE_VFORK)` returned, when its child uses it no more.
#![allow(unsafe_code)]

use std::ffi::c_void;
use std::ptr::{NonNull, null_mut};
use std::sync::{Mutex, PoisonError};

use nix::libc;

use crate::error::Errno;

const USABLE: usize = 64 * 1024;
const GUARD: usize = 64 * 1024; // covers the largest page size of 64-bit ARM
const POOLED: usize = 8;

static POOL: Mutex<Vec<Stack>> = Mutex::new(Vec::new());

/// A guarded stack, given back to the pool when dropped.
pub struct Stack {
    base: Option<NonNull<c_void>>,
}

// SAFETY: plain memory without any tie to the thread that mapped it.
unsafe impl Send for Stack {}

impl Stack {
    /// One from the pool, or a new one.
    pub fn take() -> Result<Stack, Errno> {
        let pooled = POOL.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match pooled {
            Some(stack) => Ok(stack),
            None => Stack::map(),
        }
    }

    fn map() -> Result<Stack, Errno> {
        // SAFETY: a fresh anonymous mapping at an address of the kernel's choice; the lower part loses all
        // access before anyone knows of it.
        unsafe {
            let base = libc::mmap(
                null_mut(),
                GUARD + USABLE,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_STACK,
                -1,
                0,
            );
            if base == libc::MAP_FAILED {
                return Err(Errno::last());
            }
            if libc::mprotect(base, GUARD, libc::PROT_NONE) != 0 {
                let errno = Errno::last();
                libc::munmap(base, GUARD + USABLE);
                return Err(errno);
            }
            Ok(Stack { base: NonNull::new(base) })
        }
    }

    /// The lowest usable address and the size, for `clone3`.
    pub fn range(&self) -> (u64, u64) {
        let base = self.base.map_or(null_mut(), |base| base.as_ptr().wrapping_byte_add(GUARD));
        (base.addr() as u64, USABLE as u64)
    }

    /// The address where a stack that grows down begins; aligned to a page.
    pub fn top(&self) -> *mut c_void {
        self.base.map_or(null_mut(), |base| base.as_ptr().wrapping_byte_add(GUARD + USABLE))
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        let Some(base) = self.base.take() else { return };
        let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
        if pool.len() < POOLED {
            pool.push(Stack { base: Some(base) });
        } else {
            // SAFETY: mapped by `map` with this size and in nobody's use.
            unsafe { libc::munmap(base.as_ptr(), GUARD + USABLE) };
        }
    }
}

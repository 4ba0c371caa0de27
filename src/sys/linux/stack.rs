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
use std::sync::{Mutex, PoisonError};

use nix::sys::mman::{ProtFlags, mprotect};

use crate::error::Errno;
use crate::sys::mapping::Mapping;

const USABLE: usize = 64 * 1024;
const GUARD: usize = 64 * 1024; // covers the largest page size of 64-bit ARM
const POOLED: usize = 8;

static POOL: Mutex<Vec<Mapping>> = Mutex::new(Vec::new());

/// A guarded stack, given back to the pool when dropped.
pub struct Stack {
    /// None only while it is dropped.
    memory: Option<Mapping>,
}

impl Stack {
    /// One from the pool, or a new one.
    pub fn take() -> Result<Stack, Errno> {
        let pooled = POOL.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Ok(Stack { memory: Some(pooled.map_or_else(guarded, Ok)?) })
    }

    fn at(&self, offset: usize) -> *mut c_void {
        self.memory
            .as_ref()
            .map_or(std::ptr::null_mut(), |memory| memory.start().as_ptr().wrapping_byte_add(offset).cast())
    }

    /// The lowest usable address and the size, for `clone3`.
    pub fn range(&self) -> (u64, u64) {
        (self.at(GUARD).addr() as u64, USABLE as u64)
    }

    /// The address where a stack that grows down begins; aligned to a page.
    pub fn top(&self) -> *mut c_void {
        self.at(GUARD + USABLE)
    }
}

fn guarded() -> Result<Mapping, Errno> {
    let memory = Mapping::anonymous(GUARD + USABLE)?;
    // SAFETY: the lower part of memory that nobody knows of yet.
    unsafe { mprotect(memory.start().cast(), GUARD, ProtFlags::PROT_NONE)? };
    Ok(memory)
}

impl Drop for Stack {
    fn drop(&mut self) {
        let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
        if pool.len() < POOLED {
            pool.extend(self.memory.take());
        }
    }
}

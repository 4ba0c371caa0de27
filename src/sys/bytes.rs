//! The contract for memory that JavaScript may look at directly, without a copy (see `node_api/external.rs`).
//!
//! # Safety
//! Whoever implements [`Bytes`] vouches for what it says.
#![allow(unsafe_code)]

/// Owners of memory that JavaScript may look at directly.
///
/// # Safety
/// `parts` gives memory that is readable and writable for its whole length, does not move when the owner
/// does, and stays until the owner is dropped. Nobody else may touch it meanwhile unless it is meant to be
/// shared.
pub unsafe trait Bytes: Send + 'static {
    /// Start and length of the memory.
    fn parts(&mut self) -> (*mut u8, usize);
}

// SAFETY: a vector's heap block does not move with the vector and is exclusively owned.
unsafe impl Bytes for Vec<u8> {
    fn parts(&mut self) -> (*mut u8, usize) {
        (self.as_mut_ptr(), self.len())
    }
}

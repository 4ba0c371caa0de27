//! Gathered output as a JavaScript string that needs no copy: V8 may read ASCII where it lies.
//!
//! # Safety
//! A string must never change, so the region is given away with its last writer.
#![allow(unsafe_code)]

use super::node_api::Bytes;
use super::region::Region;

/// A region that is complete.
pub struct ExternalText(Region);

impl ExternalText {
    /// Takes the region; nobody can write to it from here on.
    pub fn of(region: Region) -> ExternalText {
        ExternalText(region)
    }
}

// SAFETY: the mapping does not move with the struct, is exclusively owned and lives until the drop.
unsafe impl Bytes for ExternalText {
    fn parts(&mut self) -> (*mut u8, usize) {
        let bytes = self.0.bytes();
        (bytes.as_ptr().cast_mut(), bytes.len())
    }
}

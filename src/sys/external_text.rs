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

// SAFETY: as for the region itself.
unsafe impl Bytes for ExternalText {
    fn parts(&mut self) -> (*mut u8, usize) {
        self.0.parts()
    }
}

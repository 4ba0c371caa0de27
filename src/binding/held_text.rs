//! Text that may be wanted later, when there may be no descriptor left to read it with, and mostly never is: it waits
//! outside JavaScript's heap, where it costs a fraction of what a string of it would.

use std::fs;

use napi::Env;
use napi_derive::napi;

use crate::sys::node_api::{Returned, Scope};
use crate::sys::region::Region;

/// The bytes of a file of ASCII text, in memory of their own: a block that stays would lie in the way of the allocator's others.
#[napi]
pub struct HeldText {
    region: Region,
}

#[napi]
impl HeldText {
    /// Reads the file; one that cannot be read is empty.
    #[napi(constructor)]
    pub fn new(path: String) -> HeldText {
        let bytes = fs::read(path).unwrap_or_default();
        let mut region = Region::new();
        if let Some(room) = region.spare(bytes.len()).ok().and_then(|room| room.get_mut(..bytes.len())) {
            room.copy_from_slice(&bytes);
            region.advance(bytes.len());
        }
        HeldText { region }
    }

    /// How many bytes, and characters, there are.
    #[napi(getter, catch_unwind)]
    pub fn length(&self) -> u32 {
        self.region.len() as u32
    }

    /// Those from `from` up to `to`; none where there are not so many.
    #[napi(catch_unwind)]
    pub fn slice(&self, env: Env, from: u32, to: u32) -> Returned {
        Scope::of(&env).latin1(self.region.bytes().get(from as usize..to as usize).unwrap_or_default()).into()
    }
}

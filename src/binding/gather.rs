//! Where `exec` and `execFile` gather long output: memory that grows without copies and becomes a string or a `Buffer`
//! in one step at the end.
//!
//! JavaScript reads into a block of its own that stays warm in the processor's cache, and appends from there: one copy
//! of warm bytes costs far less than the page faults of a fresh block for every read.

use std::cell::RefCell;

use napi::Env;
use napi::bindgen_prelude::Uint8ArraySlice;
use napi_derive::napi;

use crate::sys::node_api::{Returned, Scope};
use crate::sys::region::Region;

/// The output of one stream. Freed with the JavaScript object, unless it was taken before.
#[napi]
pub struct Gather {
    region: RefCell<Region>,
    is_ascii: RefCell<bool>,
}

#[napi]
impl Gather {
    /// Without a byte.
    #[napi(constructor)]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Gather {
        Gather { region: RefCell::default(), is_ascii: RefCell::new(true) }
    }

    /// Appends `bytes[from..to]`. False, and nothing appended, where there is no memory.
    #[napi(catch_unwind)]
    pub fn append(&self, bytes: Uint8ArraySlice<'_>, from: u32, to: u32) -> bool {
        let Some(piece) = bytes.as_ref().get(from as usize..to as usize) else { return false };
        let mut region = self.region.borrow_mut();
        let Ok(room) = region.spare(piece.len()) else { return false };
        let Some(place) = room.get_mut(..piece.len()) else { return false };
        place.copy_from_slice(piece);
        region.advance(piece.len());
        let mut is_ascii = self.is_ascii.borrow_mut();
        *is_ascii = *is_ascii && piece.is_ascii();
        true
    }

    /// All of it as a string, if it is nothing but ASCII; null otherwise. The object is empty after a string.
    #[napi(catch_unwind)]
    pub fn take_ascii(&self, env: Env) -> napi::Result<Returned> {
        let js = Scope::of(&env);
        if !*self.is_ascii.borrow() {
            return Ok(js.null().into());
        }
        let region = self.region.take();
        if region.len() < WORTH_LENDING {
            return Ok(js.latin1(region.bytes()).into());
        }
        let text = js.external_latin1(region);
        text.map(Returned::from).ok_or_else(|| napi::Error::from_reason("no memory for the output"))
    }

    /// All of it as a `Buffer`. The object is empty afterwards.
    #[napi(catch_unwind)]
    pub fn take_buffer(&self, env: Env) -> Returned {
        Scope::of(&env).buffer_from(self.region.take()).into()
    }
}

/// Below this a string in V8's own heap is the better one.
const WORTH_LENDING: usize = 256 * 1024;

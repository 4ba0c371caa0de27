//! Text that may be wanted later, when there may be no descriptor left to read it with, and mostly never is: it waits
//! outside JavaScript's heap, where it costs a fraction of what a string of it would.

use std::fs;

use napi::Env;
use napi_derive::napi;

use crate::sys::node_api::{Returned, Scope};

/// The bytes of a file of ASCII text.
#[napi]
pub struct HeldText {
    bytes: Vec<u8>,
}

#[napi]
impl HeldText {
    /// Reads the file; one that cannot be read is empty.
    #[napi(constructor)]
    pub fn new(path: String) -> HeldText {
        HeldText { bytes: fs::read(path).unwrap_or_default() }
    }

    /// How many bytes, and characters, there are.
    #[napi(getter, catch_unwind)]
    pub fn length(&self) -> u32 {
        self.bytes.len() as u32
    }

    /// Those from `from` up to `to`; none where there are not so many.
    #[napi(catch_unwind)]
    pub fn slice(&self, env: Env, from: u32, to: u32) -> Returned {
        Scope::of(&env).latin1(self.bytes.get(from as usize..to as usize).unwrap_or_default()).into()
    }
}

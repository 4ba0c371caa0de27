//! JavaScript values from and into memory that another process may change meanwhile: each byte is read once, into memory
//! of V8's own.
//!
//! # Safety
//! As in the parent module. V8 is only ever given such memory to copy from or to, by width, never to decode.
#![allow(unsafe_code)]

use napi::{JsString, JsValue, sys};

use super::values::{Scope, Value};
use crate::sys::mapping::Span;

impl Scope {
    /// A `Buffer` with a copy of `span`.
    pub fn buffer_of(&self, span: Span<'_>) -> Value<'_> {
        // SAFETY: the block is as long as the span.
        self.buffer_filled(span.len(), |block| unsafe { span.copy_to(block, span.len()) })
    }

    /// A string with a copy of the Latin-1 or (`wide`) UTF-16 characters of `span`.
    pub fn text_of(&self, span: Span<'_>, wide: bool) -> Value<'_> {
        // SAFETY: live environment; the span is readable, and begins on a page where it is read by two bytes.
        self.value(|env, out| unsafe {
            if wide {
                sys::napi_create_string_utf16(env, span.start().cast(), (span.len() / 2) as isize, out)
            } else {
                sys::napi_create_string_latin1(env, span.start().cast(), span.len() as isize, out)
            }
        })
    }

    /// Writes the characters of `text` and a zero to `span`, whose length is for both. False where that cannot be.
    pub fn write_text(&self, text: &JsString<'_>, wide: bool, span: Span<'_>) -> bool {
        let mut written = 0;
        // SAFETY: live environment; the lengths are those of the span, which is to be written to.
        unsafe {
            if wide {
                let units = span.len() / 2;
                let start = span.start().cast();
                sys::napi_get_value_string_utf16(self.env.0, text.raw(), start, units, &mut written)
                    == sys::Status::napi_ok
                    && written + 1 == units
            } else {
                let start = span.start().cast();
                sys::napi_get_value_string_latin1(self.env.0, text.raw(), start, span.len(), &mut written)
                    == sys::Status::napi_ok
                    && written + 1 == span.len()
            }
        }
    }
}

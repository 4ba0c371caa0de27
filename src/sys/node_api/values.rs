//! Making JavaScript values, by copies; `external` has those over memory that we own.
//!
//! # Safety
//! As in the parent module: a live environment on its own thread, which a [`Scope`] stands for.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char};
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{NonNull, null_mut};

use napi::sys;
use nix::libc;

use super::environment::RawEnv;
use crate::error::Errno;
use crate::sys::region::{Region, is_room_for};

/// A JavaScript value of the current handle scope.
#[derive(Clone, Copy)]
pub struct Value<'s>(pub(super) sys::napi_value, PhantomData<&'s Scope>);

impl<'s> Value<'s> {
    /// What a call of Node-API made in this scope.
    pub(super) fn made_in(_: &'s Scope, raw: sys::napi_value) -> Value<'s> {
        Value(raw, PhantomData)
    }

    /// For handing the value to napi-rs; valid as long as the scope.
    pub fn raw(self) -> sys::napi_value {
        self.0
    }
}

/// An open handle scope: the place where values are made. What cannot be made is `undefined`.
pub struct Scope {
    pub(super) env: RawEnv,
}

impl RawEnv {
    /// Opens a handle scope for values that are made outside of a call from JavaScript.
    pub fn with_scope<R>(self, body: impl for<'s> FnOnce(&'s Scope) -> R) -> R {
        let mut raw = null_mut();
        // SAFETY: live environment; closed below in the right order.
        unsafe { sys::napi_open_handle_scope(self.0, &mut raw) };
        let scope = Scope { env: self };
        let result = catch_unwind(AssertUnwindSafe(|| body(&scope)));
        // SAFETY: the scope opened above (or null, which Node refuses with a status).
        unsafe { sys::napi_close_handle_scope(self.0, raw) };
        match result {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}

impl Scope {
    /// The values of a call that napi-rs opened a scope for.
    pub fn of(env: &napi::Env) -> Scope {
        Scope { env: RawEnv::of(env) }
    }

    pub(super) fn value(
        &self,
        make: impl FnOnce(sys::napi_env, *mut sys::napi_value) -> sys::napi_status,
    ) -> Value<'_> {
        let mut value = null_mut();
        if make(self.env.0, &mut value) != sys::Status::napi_ok || value.is_null() {
            // SAFETY: live environment.
            unsafe { sys::napi_get_undefined(self.env.0, &mut value) };
        }
        Value::made_in(self, value)
    }

    /// An array of values.
    pub fn array<'s>(&'s self, elements: &[Value<'s>]) -> Value<'s> {
        // SAFETY: live environment; an array of the current scope and values of the same.
        let array =
            self.value(|env, out| unsafe { sys::napi_create_array_with_length(env, elements.len(), out) });
        for (index, element) in elements.iter().enumerate() {
            // SAFETY: as above.
            unsafe { sys::napi_set_element(self.env.0, array.0, index as u32, element.0) };
        }
        array
    }

    /// A plain object.
    pub fn object<'s>(&'s self, properties: &[(&CStr, Value<'s>)]) -> Value<'s> {
        // SAFETY: live environment.
        let object = self.value(|env, out| unsafe { sys::napi_create_object(env, out) });
        for (name, value) in properties {
            // SAFETY: an object of the current scope, a C string, a value of the same scope.
            unsafe { sys::napi_set_named_property(self.env.0, object.0, name.as_ptr(), value.0) };
        }
        object
    }

    /// `undefined`.
    pub fn undefined(&self) -> Value<'_> {
        // SAFETY: live environment.
        self.value(|env, out| unsafe { sys::napi_get_undefined(env, out) })
    }

    /// `null`.
    pub fn null(&self) -> Value<'_> {
        // SAFETY: live environment.
        self.value(|env, out| unsafe { sys::napi_get_null(env, out) })
    }

    /// For the result of a function that napi-rs exports; None is `undefined`.
    pub fn into_unknown(&self, value: Option<Value<'_>>) -> napi::Result<napi::Unknown<'static>> {
        use napi::bindgen_prelude::FromNapiValue;
        let value = value.unwrap_or_else(|| self.undefined());
        // SAFETY: a value of the scope that napi-rs opened for the current call and returns it from.
        unsafe { napi::Unknown::from_napi_value(self.env.0, value.0) }
    }

    /// A boolean.
    pub fn boolean(&self, flag: bool) -> Value<'_> {
        // SAFETY: live environment.
        self.value(|env, out| unsafe { sys::napi_get_boolean(env, flag, out) })
    }

    /// A 32-bit integer.
    pub fn int(&self, number: i32) -> Value<'_> {
        // SAFETY: live environment.
        self.value(|env, out| unsafe { sys::napi_create_int32(env, number, out) })
    }

    /// Any number.
    pub fn double(&self, number: f64) -> Value<'_> {
        // SAFETY: live environment.
        self.value(|env, out| unsafe { sys::napi_create_double(env, number, out) })
    }

    /// A string from UTF-8; what is not UTF-8 becomes U+FFFD, as in Node's own decoders.
    pub fn utf8(&self, bytes: &[u8]) -> Value<'_> {
        // SAFETY: live environment; pointer and length of a slice.
        self.value(|env, out| unsafe {
            sys::napi_create_string_utf8(env, bytes.as_ptr().cast(), bytes.len() as isize, out)
        })
    }

    /// A string from UTF-16, copied.
    pub fn utf16(&self, units: &[u16]) -> Value<'_> {
        // SAFETY: live environment; pointer and length of a slice.
        self.value(|env, out| unsafe {
            sys::napi_create_string_utf16(env, units.as_ptr(), units.len() as isize, out)
        })
    }

    /// A string from Latin-1 (or ASCII) bytes, copied.
    pub fn latin1(&self, bytes: &[u8]) -> Value<'_> {
        // SAFETY: live environment; pointer and length of a slice.
        self.value(|env, out| unsafe {
            sys::napi_create_string_latin1(env, bytes.as_ptr().cast(), bytes.len() as isize, out)
        })
    }

    /// The characters of a string as Latin-1 (of which the caller has made sure) or UTF-8, with room for one byte behind
    /// them. ENOMEM where there is no memory for so many.
    pub fn bytes_of_string(&self, text: &napi::JsString<'_>, latin1: bool) -> Result<Vec<u8>, Errno> {
        use napi::JsValue;
        let get = if latin1 { sys::napi_get_value_string_latin1 } else { sys::napi_get_value_string_utf8 };
        let (mut bytes, mut length) = (Vec::<u8>::new(), 0);
        // SAFETY: live environment; without a buffer the call only tells the length. The buffer has room for so many bytes
        // and a final zero, and those that were written are counted.
        unsafe {
            if get(self.env.0, text.raw(), null_mut(), 0, &mut length) != sys::Status::napi_ok {
                return Err(Errno(libc::EINVAL));
            }
            bytes.try_reserve_exact(length + 1)?;
            let room = bytes.as_mut_ptr().cast::<c_char>();
            if get(self.env.0, text.raw(), room, length + 1, &mut length) != sys::Status::napi_ok {
                return Err(Errno(libc::EINVAL));
            }
            bytes.set_len(length);
        }
        Ok(bytes)
    }

    /// A `Buffer` with a copy of `bytes`.
    pub fn buffer_copy(&self, bytes: &[u8]) -> Value<'_> {
        // SAFETY: live environment; pointer and length of a slice, which Node copies.
        self.value(|env, out| unsafe {
            sys::napi_create_buffer_copy(env, bytes.len(), bytes.as_ptr().cast(), null_mut(), out)
        })
    }

    /// A `Buffer` with copies of `first` and `second`, one behind the other.
    pub fn buffer_join(&self, first: &[u8], second: &[u8]) -> Value<'_> {
        // SAFETY: the block is as long as both.
        self.buffer_filled(first.len() + second.len(), |block| unsafe {
            block.copy_from_nonoverlapping(NonNull::from(first).cast(), first.len());
            block.add(first.len()).copy_from_nonoverlapping(NonNull::from(second).cast(), second.len());
        })
    }

    /// A `Buffer` with the bytes of `region`: JavaScript's own memory, as if copied, but large ones come by moving
    /// pages.
    pub fn buffer_from(&self, region: Region) -> Value<'_> {
        // V8 ends the process where it gets no memory for a buffer. One over the region needs none.
        const WORTH_ASKING: usize = 1024 * 1024;
        if region.len() >= WORTH_ASKING && !is_room_for(region.len()) {
            return self.external_buffer(region);
        }
        // SAFETY: allocators get large blocks as private anonymous memory; smaller ones are copied into.
        self.buffer_filled(region.len(), |block| unsafe { region.move_into(block) })
    }

    /// A `Buffer` of `length` bytes that `fill` writes: its block is fresh, of V8's allocator, and nobody has seen it yet.
    pub(super) fn buffer_filled(&self, length: usize, fill: impl FnOnce(NonNull<u8>)) -> Value<'_> {
        let mut data = null_mut();
        let buffer = self.value(|env, out| {
            // SAFETY: live environment.
            unsafe { sys::napi_create_buffer(env, length, &mut data, out) }
        });
        if let Some(block) = NonNull::new(data) {
            fill(block.cast());
        }
        buffer
    }
}

/// A value on its way back to JavaScript as the result of an exported function.
pub struct Returned(sys::napi_value);

impl From<Value<'_>> for Returned {
    fn from(value: Value<'_>) -> Returned {
        Returned(value.0)
    }
}

impl napi::bindgen_prelude::ToNapiValue for Returned {
    unsafe fn to_napi_value(_: sys::napi_env, returned: Returned) -> napi::Result<sys::napi_value> {
        Ok(returned.0)
    }
}

/// An `Int32Array` argument, written to in place; valid during the call that brought it.
///
/// napi-rs' own type keeps a reference on the array that must be released again, for each call.
pub struct IntArray(&'static mut [i32]);

impl IntArray {
    /// The elements.
    pub fn elements(&mut self) -> &mut [i32] {
        self.0
    }
}

impl napi::bindgen_prelude::FromNapiValue for IntArray {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> napi::Result<IntArray> {
        // SAFETY: passed on. The argument keeps the array alive during the call, and no JavaScript runs
        // meanwhile that could touch it.
        Ok(IntArray(unsafe { napi::bindgen_prelude::FromNapiValue::from_napi_value(env, value)? }))
    }
}

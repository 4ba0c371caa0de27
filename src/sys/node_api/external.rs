//! JavaScript values over memory that we own: no copy is made, and the owner is dropped when the value is collected.
//!
//! # Safety
//! As in the parent module. What V8 is given stays where it is until its finalizer ran, by the contract of [`Bytes`].
#![allow(unsafe_code)]

use std::ffi::{c_char, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::null_mut;
use std::sync::OnceLock;

use napi::sys;
use nix::libc;

use super::values::{Scope, Value};
use crate::sys::bytes::Bytes;

impl Scope {
    /// A `Buffer` over memory that we own, without a copy; the owner is dropped on the loop's next turn after the
    /// buffer was collected. Such a buffer cannot be transferred to a worker. Where the host forbids such buffers (a V8 sandbox) a copy is made.
    pub fn external_buffer<B: Bytes>(&self, owner: B) -> Value<'_> {
        let mut owner = Box::new(owner);
        let (data, length) = owner.parts();
        if length == 0 {
            return self.buffer_copy(&[]);
        }
        let hint = Box::into_raw(owner);
        let mut value = null_mut();
        // SAFETY: live environment; the memory stays until `release_bytes`, by the contract of `Bytes`.
        let status = unsafe {
            sys::napi_create_external_buffer(
                self.env.0,
                length,
                data.cast(),
                Some(release_bytes::<B>),
                hint.cast(),
                &mut value,
            )
        };
        if status == sys::Status::napi_ok {
            return Value::made_in(self, value);
        }
        // SAFETY: Node refused, so the box is still ours, and its bytes are readable.
        unsafe {
            let owner = Box::from_raw(hint);
            let copy = self.buffer_copy(std::slice::from_raw_parts(data, length));
            drop(owner);
            copy
        }
    }

    /// An `ArrayBuffer` over memory that we own. Never make two over the same pages in one isolate: V8
    /// forbids it. None where the host forbids external memory; the owner is dropped then.
    pub fn external_array_buffer<B: Bytes>(&self, owner: B) -> Option<Value<'_>> {
        let mut owner = Box::new(owner);
        let (data, length) = owner.parts();
        let hint = Box::into_raw(owner);
        let mut value = null_mut();
        // SAFETY: as in `external_buffer`.
        let status = unsafe {
            sys::napi_create_external_arraybuffer(
                self.env.0,
                data.cast(),
                length,
                Some(release_bytes::<B>),
                hint.cast(),
                &mut value,
            )
        };
        if status == sys::Status::napi_ok {
            return Some(Value::made_in(self, value));
        }
        // SAFETY: Node refused, so the box is still ours.
        drop(unsafe { Box::from_raw(hint) });
        None
    }

    /// A string over Latin-1 bytes that we own, without a copy where this Node can (18.18 and newer) and
    /// the string is long enough for V8 to bother; None where it cannot.
    ///
    /// V8 is told how much memory hangs on the string: it would see a small object and leave such strings, and all
    /// their pages, lying about.
    pub fn external_latin1<B: Bytes>(&self, owner: B) -> Option<Value<'_>> {
        let create = (*external_latin1_function())?;
        let mut owner = Box::new(owner);
        let (data, length) = owner.parts();
        let hint = Box::into_raw(owner);
        let (mut value, mut copied) = (null_mut(), false);
        // SAFETY: live environment; the memory stays until `release_text`. When the string was copied Node
        // has called the finalizer itself already.
        let status = unsafe {
            account(self.env.0, length as i64);
            create(
                self.env.0,
                data.cast(),
                length,
                Some(release_text::<B>),
                hint.cast(),
                &mut value,
                &mut copied,
            )
        };
        if status == sys::Status::napi_ok {
            return Some(Value::made_in(self, value));
        }
        // SAFETY: Node refused, so the box is still ours.
        drop(unsafe {
            account(self.env.0, -(length as i64));
            Box::from_raw(hint)
        });
        None
    }
}

/// Tells V8 about memory that its own objects hold.
///
/// # Safety
/// `env` is live, and this is its thread.
unsafe fn account(env: sys::napi_env, change: i64) {
    let mut total = 0;
    // SAFETY: by the caller.
    unsafe { sys::napi_adjust_external_memory(env, change, &mut total) };
}

type CreateExternalLatin1 = unsafe extern "C" fn(
    sys::napi_env,
    *mut c_char,
    usize,
    sys::napi_finalize,
    *mut c_void,
    *mut sys::napi_value,
    *mut bool,
) -> sys::napi_status;

fn external_latin1_function() -> &'static Option<CreateExternalLatin1> {
    static FUNCTION: OnceLock<Option<CreateExternalLatin1>> = OnceLock::new();
    FUNCTION.get_or_init(|| {
        // SAFETY: a plain lookup by name.
        let address =
            unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"node_api_create_external_string_latin1".as_ptr()) };
        // SAFETY: the type repeats Node's js_native_api.h; Option<fn> has the size of a pointer and null is None.
        unsafe { std::mem::transmute::<*mut c_void, Option<CreateExternalLatin1>>(address) }
    })
}

/// # Safety
/// `hint` is a leaked `Box<B>`; Node calls the finalizer once.
unsafe extern "C" fn release_bytes<B: Bytes>(_: sys::napi_env, _: *mut c_void, hint: *mut c_void) {
    // SAFETY: see above.
    let owner = unsafe { Box::from_raw(hint.cast::<B>()) };
    let _ = catch_unwind(AssertUnwindSafe(move || drop(owner)));
}

/// # Safety
/// As `release_bytes`, for what `external_latin1` accounted for. V8 may be collecting garbage meanwhile, when it can
/// only be told of less memory, as here; without an environment there is nobody to tell.
unsafe extern "C" fn release_text<B: Bytes>(env: sys::napi_env, data: *mut c_void, hint: *mut c_void) {
    // SAFETY: see above; the box is intact until it is released.
    unsafe {
        if !env.is_null() {
            let (_, length) = (*hint.cast::<B>()).parts();
            account(env, -(length as i64));
        }
        release_bytes::<B>(env, data, hint);
    }
}

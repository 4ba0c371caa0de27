//! The Node-API calls that napi-rs does not wrap, or wraps in a costlier way than every exit and every
//! batch of messages can afford: callbacks with their own tick, values, also over memory that we
//! own (`values`, `external`), and the asynchronous cleanup hook.
//!
//! # Safety
//! Every raw call needs a live environment on its own thread. [`RawEnv`] can only be had from napi-rs' own
//! `Env`, is neither `Send` nor `Sync`, and its holders (see `binding/env.rs`) are torn down by a
//! cleanup hook before the environment goes; nothing that holds one may be stored anywhere else.
#![allow(unsafe_code)]

use std::cell::OnceCell;
use std::ffi::{CStr, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{NonNull, null, null_mut};

use napi::sys;
use nix::libc;

use super::uv::Loop;
use crate::error::Errno;

mod external;
mod spans;
mod values;

pub use external::Bytes;
pub use values::{Scope, Value};

/// The environment (main thread or one worker) that called us.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RawEnv(sys::napi_env);

impl RawEnv {
    /// The handle behind napi-rs' `Env`.
    pub fn of(env: &napi::Env) -> RawEnv {
        RawEnv(env.raw())
    }

    /// The event loop that this environment runs on.
    pub fn event_loop(self) -> Result<Loop, Errno> {
        let mut raw = null_mut();
        // SAFETY: live environment, see the module.
        let status = unsafe { sys::napi_get_uv_event_loop(self.0, &mut raw) };
        match NonNull::new(raw) {
            // SAFETY: the environment's own loop, on its thread; it outlives the environment.
            Some(raw) if status == sys::Status::napi_ok => Ok(unsafe { Loop::from_raw(raw.cast()) }),
            _ => Err(Errno(libc::ENOSYS)),
        }
    }

    /// Runs `hook` when the environment ends. Node then keeps turning the loop until the [`CleanupDone`]
    /// is dropped, so that closed handles get their close callbacks.
    pub fn on_cleanup(self, hook: impl FnOnce(CleanupDone) + 'static) -> Result<(), Errno> {
        type Hook = Box<dyn FnOnce(CleanupDone)>;
        /// # Safety
        /// `data` is the leaked box from below; Node calls the hook once.
        unsafe extern "C" fn run(handle: sys::napi_async_cleanup_hook_handle, data: *mut c_void) {
            // SAFETY: see above.
            let hook = unsafe { Box::from_raw(data.cast::<Hook>()) };
            let done = CleanupDone(handle);
            let _ = catch_unwind(AssertUnwindSafe(move || hook(done)));
        }
        let data = Box::into_raw(Box::new(Box::new(hook) as Hook));
        // SAFETY: live environment; `data` is given back to `run`.
        let status = unsafe { sys::napi_add_async_cleanup_hook(self.0, Some(run), data.cast(), null_mut()) };
        if status != sys::Status::napi_ok {
            // SAFETY: the hook was not taken over.
            drop(unsafe { Box::from_raw(data) });
            return Err(Errno(libc::ECANCELED));
        }
        Ok(())
    }

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

/// Lets the environment's end go on when dropped.
pub struct CleanupDone(sys::napi_async_cleanup_hook_handle);

impl Drop for CleanupDone {
    fn drop(&mut self) {
        // SAFETY: the handle that Node gave to our hook, removed once.
        unsafe { sys::napi_remove_async_cleanup_hook(self.0) };
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

/// What Node takes calls from the event loop for: hooks, storages and traces see `resource` behind them. Must be dropped
/// before its environment ends.
pub struct AsyncContext {
    env: RawEnv,
    raw: sys::napi_async_context,
}

impl AsyncContext {
    /// A context of the type `name`, in the context that this is called in. Does not keep `resource` alive.
    pub fn new<'v>(
        env: RawEnv,
        resource: impl napi::JsValue<'v>,
        name: &CStr,
    ) -> Result<AsyncContext, Errno> {
        AsyncContext::of(env, resource.raw(), name)
    }

    fn of(env: RawEnv, resource: sys::napi_value, name: &CStr) -> Result<AsyncContext, Errno> {
        let (mut text, mut raw) = (null_mut(), null_mut());
        // SAFETY: live environment inside an open scope; a C string and its length; a value of the scope.
        let made = unsafe {
            sys::napi_create_string_utf8(env.0, name.as_ptr(), name.count_bytes() as isize, &mut text)
                == sys::Status::napi_ok
                && sys::napi_async_init(env.0, resource, text, &mut raw) == sys::Status::napi_ok
        };
        if made { Ok(AsyncContext { env, raw }) } else { Err(Errno(libc::ECANCELED)) }
    }
}

impl Drop for AsyncContext {
    fn drop(&mut self) {
        // SAFETY: made in `new`, destroyed once; the environment is alive by the type's contract. A callback scope that is
        // still open has what it needs of the context.
        unsafe { sys::napi_async_destroy(self.env.0, self.raw) };
    }
}

/// A JavaScript function kept for later calls from the event loop. Must be dropped before its environment ends.
pub struct Callback {
    env: RawEnv,
    reference: sys::napi_ref,
    /// Of calls that have no other. Made by the first of them.
    context: OnceCell<AsyncContext>,
}

impl Callback {
    /// Keeps `function`; EINVAL when it is none.
    pub fn new<'v>(env: RawEnv, function: impl napi::JsValue<'v>) -> Result<Callback, Errno> {
        let mut kind = 0;
        let mut reference = null_mut();
        // SAFETY: live environment, value of the current scope.
        unsafe {
            sys::napi_typeof(env.0, function.raw(), &mut kind);
            if kind != sys::ValueType::napi_function
                || sys::napi_create_reference(env.0, function.raw(), 1, &mut reference)
                    != sys::Status::napi_ok
            {
                return Err(Errno(libc::EINVAL));
            }
        }
        Ok(Callback { env, reference, context: OnceCell::new() })
    }

    /// The kept function itself.
    pub fn value<'s>(&self, scope: &'s Scope) -> Value<'s> {
        // SAFETY: the reference was made in `new` and is deleted only by `drop`.
        scope.value(|env, out| unsafe { sys::napi_get_reference_value(env, self.reference, out) })
    }

    /// Calls the function from the event loop, as Node calls its own: in a fresh handle scope, with
    /// nextTicks and microtasks run before this returns, and with an exception going to 'uncaughtException'.
    /// (Node-API itself would leave the exception pending and break the next call.) The function may do
    /// anything, also drop the object that made this call: hold no borrow of it.
    ///
    /// Users' code belongs on a tick of the function's: what is thrown there is reported by Node as thrown, with the
    /// place of the `throw`, and a debugger sees that nobody catches it. What the function throws itself was caught by
    /// Node-API first.
    ///
    /// The function itself is the resource of the context, so that it can answer to `hasRef`.
    pub fn call<const N: usize>(&self, arguments: impl for<'s> FnOnce(&'s Scope) -> [Value<'s>; N]) {
        self.env.with_scope(|scope| {
            let function = self.value(scope);
            if self.context.get().is_none()
                && let Ok(context) = AsyncContext::of(self.env, function.0, c"RSEVENTS")
            {
                let _ = self.context.set(context);
            }
            if let Some(context) = self.context.get() {
                call_back(context, function, &arguments(scope).map(Value::raw));
            }
        });
    }

    /// Like [`Callback::call`], but in `context`, and only when there turns out to be something to say. The arguments are
    /// made before the function runs, so what making them borrows is free again by then.
    pub fn call_in<const N: usize>(
        &self,
        context: &AsyncContext,
        arguments: impl for<'s> FnOnce(&'s Scope) -> Option<[Value<'s>; N]>,
    ) {
        self.env.with_scope(|scope| {
            if let Some(arguments) = arguments(scope) {
                call_back(context, self.value(scope), &arguments.map(Value::raw));
            }
        });
    }
}

impl Drop for Callback {
    fn drop(&mut self) {
        // SAFETY: made in `new`, deleted once; the environment is alive by the type's contract.
        unsafe { sys::napi_delete_reference(self.env.0, self.reference) };
    }
}

/// One call from the event loop. The scope's end runs the ticks outside of every call of Node-API, each of which catches what
/// is thrown under it: `napi_make_callback` runs them inside, and the report of a user's exception then lacks its place.
fn call_back(context: &AsyncContext, function: Value<'_>, arguments: &[sys::napi_value]) {
    let AsyncContext { env, raw: context } = *context;
    let (mut global, mut scope) = (null_mut(), null_mut());
    // SAFETY: live environment inside an open scope, on its thread, whose loop runs in the environment's context; the
    // argument array outlives the call; the callback scope is closed once, in the right order.
    unsafe {
        if sys::napi_get_global(env.0, &mut global) != sys::Status::napi_ok
            || sys::napi_open_callback_scope(env.0, null_mut(), context, &mut scope) != sys::Status::napi_ok
        {
            return;
        }
        let arguments_start = if arguments.is_empty() { null() } else { arguments.as_ptr() };
        let status = sys::napi_call_function(
            env.0,
            global,
            function.raw(),
            arguments.len(),
            arguments_start,
            null_mut(),
        );
        if status == sys::Status::napi_pending_exception {
            // In a worker that is being terminated there is no exception to fetch, or no way to run the
            // handler; both calls then fail and there is nothing left to do.
            let mut exception = null_mut();
            if sys::napi_get_and_clear_last_exception(env.0, &mut exception) == sys::Status::napi_ok
                && !exception.is_null()
            {
                sys::napi_fatal_exception(env.0, exception);
            }
        }
        sys::napi_close_callback_scope(env.0, scope);
    }
}

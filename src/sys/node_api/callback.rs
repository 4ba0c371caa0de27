//! Calling JavaScript from the event loop.
//!
//! # Safety
//! As in the parent module.
#![allow(unsafe_code)]

use std::cell::OnceCell;
use std::ffi::CStr;
use std::ptr::{null, null_mut};

use napi::sys;
use nix::libc;

use super::environment::RawEnv;
use super::values::{Scope, Value};
use crate::error::Errno;

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

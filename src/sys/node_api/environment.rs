//! An environment of Node's: the main thread's or a worker's, its event loop and its end.
//!
//! # Safety
//! As in the parent module.
#![allow(unsafe_code)]

use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{NonNull, null_mut};

use napi::sys;
use nix::libc;

use crate::error::Errno;
use crate::sys::uv::Loop;

/// The environment (main thread or one worker) that called us.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RawEnv(pub(super) sys::napi_env);

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
}

/// Lets the environment's end go on when dropped.
pub struct CleanupDone(sys::napi_async_cleanup_hook_handle);

impl Drop for CleanupDone {
    fn drop(&mut self) {
        // SAFETY: the handle that Node gave to our hook, removed once.
        unsafe { sys::napi_remove_async_cleanup_hook(self.0) };
    }
}

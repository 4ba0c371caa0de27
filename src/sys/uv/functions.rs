//! libuv's functions, found in the running process.
//!
//! They are looked up once, by name: which libuv it is, and how large its structs are, is known only then.
//!
//! # Safety
//! A function found by name has the prototype that uv.h gives it; the types below repeat those.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_int, c_void};
use std::sync::OnceLock;

use nix::libc;

use crate::error::Errno;

pub(super) type UvLoop = c_void;
pub(super) type UvHandle = c_void;
pub(super) type PollCallback = unsafe extern "C" fn(*mut UvHandle, c_int, c_int);
pub(super) type PhaseCallback = unsafe extern "C" fn(*mut UvHandle);
pub(super) type SignalCallback = unsafe extern "C" fn(*mut UvHandle, c_int);
pub(super) type CloseCallback = unsafe extern "C" fn(*mut UvHandle);

/// The functions of libuv, resolved once.
pub(super) struct Functions {
    pub(super) handle_size: unsafe extern "C" fn(c_int) -> usize,
    pub(super) handle_set_data: unsafe extern "C" fn(*mut UvHandle, *mut c_void),
    pub(super) handle_get_data: unsafe extern "C" fn(*const UvHandle) -> *mut c_void,
    pub(super) close: unsafe extern "C" fn(*mut UvHandle, CloseCallback),
    pub(super) reference: unsafe extern "C" fn(*mut UvHandle),
    pub(super) unreference: unsafe extern "C" fn(*mut UvHandle),
    pub(super) check_init: unsafe extern "C" fn(*mut UvLoop, *mut UvHandle) -> c_int,
    pub(super) check_start: unsafe extern "C" fn(*mut UvHandle, PhaseCallback) -> c_int,
    pub(super) check_stop: unsafe extern "C" fn(*mut UvHandle) -> c_int,
    pub(super) prepare_init: unsafe extern "C" fn(*mut UvLoop, *mut UvHandle) -> c_int,
    pub(super) prepare_start: unsafe extern "C" fn(*mut UvHandle, PhaseCallback) -> c_int,
    pub(super) prepare_stop: unsafe extern "C" fn(*mut UvHandle) -> c_int,
    pub(super) idle_init: unsafe extern "C" fn(*mut UvLoop, *mut UvHandle) -> c_int,
    pub(super) idle_start: unsafe extern "C" fn(*mut UvHandle, PhaseCallback) -> c_int,
    pub(super) idle_stop: unsafe extern "C" fn(*mut UvHandle) -> c_int,
    pub(super) signal_init: unsafe extern "C" fn(*mut UvLoop, *mut UvHandle) -> c_int,
    pub(super) signal_start: unsafe extern "C" fn(*mut UvHandle, SignalCallback, c_int) -> c_int,
    pub(super) signal_stop: unsafe extern "C" fn(*mut UvHandle) -> c_int,
    pub(super) poll_init: unsafe extern "C" fn(*mut UvLoop, *mut UvHandle, c_int) -> c_int,
    pub(super) poll_start: unsafe extern "C" fn(*mut UvHandle, c_int, PollCallback) -> c_int,
    pub(super) poll_stop: unsafe extern "C" fn(*mut UvHandle) -> c_int,
}

pub(super) fn functions() -> Result<&'static Functions, Errno> {
    static TABLE: OnceLock<Option<Functions>> = OnceLock::new();
    TABLE.get_or_init(resolve).as_ref().ok_or(Errno(libc::ENOSYS))
}

fn resolve() -> Option<Functions> {
    /// # Safety
    /// `T` must be the function pointer type of the C function called `name`.
    unsafe fn symbol<T: Copy>(name: &CStr) -> Option<T> {
        const { assert!(size_of::<T>() == size_of::<*mut c_void>()) };
        // SAFETY: dlsym takes any string; the pseudo handle searches all loaded objects.
        let address = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
        if address.is_null() {
            return None;
        }
        // SAFETY: same size by the assertion above, right type by this function's contract.
        Some(unsafe { std::mem::transmute_copy::<*mut c_void, T>(&address) })
    }
    // SAFETY: the field types repeat the prototypes of uv.h, unchanged since libuv 1.19.
    unsafe {
        Some(Functions {
            handle_size: symbol(c"uv_handle_size")?,
            handle_set_data: symbol(c"uv_handle_set_data")?,
            handle_get_data: symbol(c"uv_handle_get_data")?,
            close: symbol(c"uv_close")?,
            reference: symbol(c"uv_ref")?,
            unreference: symbol(c"uv_unref")?,
            check_init: symbol(c"uv_check_init")?,
            check_start: symbol(c"uv_check_start")?,
            check_stop: symbol(c"uv_check_stop")?,
            prepare_init: symbol(c"uv_prepare_init")?,
            prepare_start: symbol(c"uv_prepare_start")?,
            prepare_stop: symbol(c"uv_prepare_stop")?,
            idle_init: symbol(c"uv_idle_init")?,
            idle_start: symbol(c"uv_idle_start")?,
            idle_stop: symbol(c"uv_idle_stop")?,
            signal_init: symbol(c"uv_signal_init")?,
            signal_start: symbol(c"uv_signal_start")?,
            signal_stop: symbol(c"uv_signal_stop")?,
            poll_init: symbol(c"uv_poll_init")?,
            poll_start: symbol(c"uv_poll_start")?,
            poll_stop: symbol(c"uv_poll_stop")?,
        })
    }
}

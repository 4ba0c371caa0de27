//! The parent's environment as C sees it.
//!
//! # Safety
//! Reads libc's `environ`. As with libuv's own reading of it, a native thread that calls `setenv` at the same
//! moment is the user's race; Node itself serialises its accesses.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char};
use std::ptr::null;

// SAFETY: the type is the one that POSIX gives it, with what it points to left unchanged.
unsafe extern "C" {
    static environ: *const *const c_char;
}

/// The pointers of the list as it is now, with NULL at the end. glibc keeps replaced strings, so the pointers
/// stay good for the start that follows.
pub fn snapshot() -> Vec<*const c_char> {
    let mut list = Vec::with_capacity(64);
    // SAFETY: a NULL-terminated array, or NULL after clearenv.
    unsafe {
        let mut place = environ;
        while !place.is_null() && !(*place).is_null() {
            list.push(*place);
            place = place.add(1);
        }
    }
    list.push(null());
    list
}

/// What such a list points to.
pub fn entries(list: &[*const c_char]) -> impl Iterator<Item = &CStr> {
    // SAFETY: C strings of the environment.
    list.iter().filter(|p| !p.is_null()).map(|p| unsafe { CStr::from_ptr(*p) })
}

/// The value of `name` in such a list.
pub fn value_of<'l>(list: &'l [*const c_char], name: &str) -> Option<&'l CStr> {
    entries(list).find_map(|entry| {
        let value = entry.to_bytes().strip_prefix(name.as_bytes())?.strip_prefix(b"=")?;
        CStr::from_bytes_with_nul(&entry.to_bytes_with_nul()[entry.count_bytes() - value.len()..]).ok()
    })
}

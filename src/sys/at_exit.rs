//! Work that must be done when the process exits, also by `process.exit()` or an uncaught exception.
//!
//! Node runs no environment hook on those ways out; it calls the C library's `exit()`, which runs handlers
//! registered with `atexit`. A process that is killed, aborts or replaces itself runs none.
//!
//! # Safety
//! The library is never unloaded (it is linked with `-z nodelete`), so the handler's address stays valid.
#![allow(unsafe_code)]

use std::panic::catch_unwind;
use std::sync::{Once, OnceLock};

use nix::libc;

static WORK: OnceLock<fn()> = OnceLock::new();

extern "C" fn run() {
    if let Some(work) = WORK.get() {
        // A panic must not reach the C library.
        let _ = catch_unwind(work);
    }
}

/// Calls `work` once when the process exits. Only the first registration counts.
pub fn at_exit(work: fn()) {
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| {
        let _ = WORK.set(work);
        // SAFETY: a plain function pointer to code that stays mapped.
        unsafe { libc::atexit(run) };
    });
}

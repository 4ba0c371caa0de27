//! The border to JavaScript: conversions and per-environment state, no logic of its own. Failures leave as
//! negative errno values, never as exceptions; a panic becomes an exception instead of ending the process.
//!
//! `docs/architecture.md` has the table of all functions.

pub mod arena;
mod channels;
pub mod children;
pub mod descriptor;
pub mod env;
pub mod gather;
pub mod ipc;
pub mod memory;
mod numbers;
pub mod preload;
pub mod shared;
pub mod spawn_sync;
#[cfg(all(target_os = "linux", not(portable)))]
pub mod standby;
pub mod variables;

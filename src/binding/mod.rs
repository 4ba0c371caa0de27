//! The border to JavaScript: conversions and per-environment state, no logic of its own. Failures leave as
//! negative errno values, never as exceptions.

pub mod env;
pub mod ipc;

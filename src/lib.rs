//! The native half of rs-child-process: it starts processes, watches them and talks to them, so that
//! neither the parent's size nor the number of live children shows on the event loop.
//!
//! Modules import downwards only: `binding -> {spawn_sync, spawn, watch, ipc} -> stdio -> sys -> child -> error`.
//! Node-API is known to `binding` (and to two files of `sys` for what napi-rs does not wrap), and
//! `unsafe` is confined to `sys`, where each file opts in and each block gives its reason.

#![deny(unsafe_code)]
#![warn(missing_docs)]
// Tests start threads as they like.
#![cfg_attr(test, allow(clippy::disallowed_methods))]

pub mod binding;
pub mod child;
pub mod error;
pub mod ipc;
pub mod spawn;
pub mod spawn_sync;
pub mod stdio;
pub mod sys;
pub mod watch;

//! The part of libuv that we need, from the Node binary that loaded us.
//!
//! Children and channels are watched on the event loop's own thread: a helper thread would add two hops
//! to every wake-up. libuv has no stable crate and its structs change size between versions, so the
//! functions are looked up in the running process once and handles are allocated with `uv_handle_size`;
//! nothing here knows a struct's layout. Where the symbols are missing (a test binary, an embedder that
//! hides them) making a handle fails with ENOSYS.
//!
//! # Safety
//! Everything runs on the loop's thread: the types here hold raw pointers and are therefore neither
//! `Send` nor `Sync`. A handle's memory is freed by its close callback and nowhere else, as libuv demands.

mod event_loop;
mod functions;
mod handles;

pub use event_loop::Loop;
pub use handles::{Moment, Phase, Poll, Ready, Signal};

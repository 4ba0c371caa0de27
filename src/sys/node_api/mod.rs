//! The Node-API calls that napi-rs does not wrap, or wraps in a costlier way than every exit and every
//! batch of messages can afford: callbacks with their own tick, values, also over memory that we
//! own (`values`, `external`), and the asynchronous cleanup hook.
//!
//! # Safety
//! Every raw call needs a live environment on its own thread. [`RawEnv`] can only be had from napi-rs' own
//! `Env`, is neither `Send` nor `Sync`, and its holders (see `binding/env.rs`) are torn down by a
//! cleanup hook before the environment goes; nothing that holds one may be stored anywhere else.

mod callback;
mod environment;
mod external;
mod spans;
mod values;

pub use callback::{AsyncContext, Callback};
pub use environment::{CleanupDone, RawEnv};
pub use values::{IntArray, Returned, Scope, Value};

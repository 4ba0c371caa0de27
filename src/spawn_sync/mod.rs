//! Starting a child and waiting for it without the event loop.

pub mod run;
mod stream;

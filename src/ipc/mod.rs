//! Talking to processes: Node's IPC wire, in both directions, with descriptors.
//!
//! [`frame`] cuts what comes in, [`lines`] joins lines for one parse, [`outbox`] keeps what cannot go out yet; both are pure. [`channel`] joins them
//! over a socket, [`flusher`] writes what a tick that does not end holds up, [`exit`] empties
//! the channels of a process that ends.

pub mod arena;
pub mod channel;
pub mod exit;
pub mod flusher;
pub mod frame;
pub mod json;
pub mod lines;
pub mod outbox;

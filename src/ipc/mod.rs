//! Talking to processes: Node's IPC wire, in both directions, with descriptors.
//!
//! [`frame`] cuts what comes in, [`lines`] joins lines for one parse, [`outbox`] keeps what cannot go out yet; these are pure. [`channel`] joins
//! them over a socket. [`channels`] are all those of one event loop: it says when each is read and written; [`turn`] tells it of the end of a
//! turn of the loop, and [`listener`] hears what they bring. [`long_tick`] writes what a tick that does not end holds up, [`exit`] empties the channels of a process that ends.
//! [`arena`] deals out memory for large payloads.

pub mod arena;
pub mod channel;
pub mod channels;
pub mod exit;
pub mod frame;
pub mod json;
pub mod lines;
pub mod listener;
pub mod long_tick;
pub mod outbox;
pub mod turn;

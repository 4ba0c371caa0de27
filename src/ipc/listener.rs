//! What channels tell, and whom: see [`super::channels`] for when.

use std::os::fd::OwnedFd;

use super::channel::Arrived;
use super::frame::Wire;
use crate::error::Errno;

/// What a channel tells its listener.
pub enum News<P> {
    /// Whole messages.
    Messages {
        /// How they were framed.
        wire: Wire,
        /// What the listener made of them.
        payload: P,
        /// How many there are; 0 where nobody has counted.
        count: i32,
        /// The descriptor that came along.
        fd: Carried,
    },
    /// The peer's end is closed, or the socket failed. Nothing more is read.
    Ended(Option<Errno>),
    /// Some of the bytes that waited have been written, or never will be.
    Drained(Result<(), Errno>),
    /// So many lines were too long to be messages, and were dropped.
    Oversized(usize, Carried),
    /// Only a descriptor came, with a message that has not ended yet.
    Descriptor(Carried),
    /// A turn of the loop ends and something is still staged.
    Held,
}

/// What came beside bytes.
pub enum Carried {
    /// Nothing.
    Nothing,
    /// A descriptor.
    Descriptor(OwnedFd),
    /// A descriptor that this process had no room for.
    Lost,
}

/// Who is told. `binding` implements it: it makes JavaScript values of what arrives, and calls JavaScript.
pub trait Listener: 'static {
    /// What the calls for one channel belong to.
    type Context;
    /// Payloads live as long as it does.
    type Scope;
    /// Messages in the listener's form.
    type Payload<'s>;

    /// Makes a payload of what arrived, and counts the messages. The channel is locked meanwhile: it must not be called back.
    fn payload<'s>(
        &self,
        scope: &'s Self::Scope,
        wire: Wire,
        arrived: Arrived<'_>,
    ) -> Result<(Self::Payload<'s>, i32), Errno>;

    /// Calls `news`, and tells what it returns, if anything.
    fn tell(
        &self,
        id: u32,
        context: &Self::Context,
        news: impl for<'s> FnOnce(&'s Self::Scope) -> Option<News<Self::Payload<'s>>>,
    );
}

//! One end of an IPC channel: a socket, the frames that come in, the bytes that go out.
//!
//! A channel does no waiting and knows no loop: `channels.rs` tells it when the socket is ready. Reading
//! is done on the loop's own thread (a reader thread would add two hops to every message).

use std::borrow::Cow;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use nix::libc;

use super::frame::{Framer, Frames, Wire};
use super::outbox::{Outbox, Sink};
use crate::error::Errno;
use crate::sys::socket;
use crate::sys::staging::Staging;

/// The most that one read takes, but for large frames. Its text becomes one string, and strings of more than 128 KiB are large objects to
/// V8, whose garbage costs more than the reads that they save.
pub const READ: usize = 64 * 1024;

/// None once the channel is closed.
struct Socket<'a>(Option<BorrowedFd<'a>>);

impl Sink for Socket<'_> {
    fn write(&mut self, bytes: &[u8], fd: Option<BorrowedFd<'_>>) -> Result<usize, Errno> {
        socket::send(self.0.ok_or(Errno(libc::EPIPE))?, bytes, fd)
    }
}

/// What became of one read.
#[derive(Debug)]
pub enum Outcome {
    /// Nothing was there.
    Empty,
    /// The peer closed its end or the socket failed (`Some`).
    Ended(Option<Errno>),
    /// Bytes came. `more` when there may be others already.
    Read {
        /// The read filled its room.
        more: bool,
        /// Lines that were given up as too long.
        oversized: usize,
        /// A descriptor came along.
        fd: Option<OwnedFd>,
        /// One would have, if this process had had room for it.
        lost: bool,
    },
}

/// Whole frames of one read, borrowed or handed over.
pub enum Arrived<'a> {
    /// Frames in the read buffer.
    Borrowed(Frames<'a>),
    /// Large frames that need no copy.
    Owned(Vec<u8>),
}

/// See the module's text.
pub struct Channel {
    socket: Option<OwnedFd>,
    framer: Framer,
    outbox: Outbox,
    staging: Option<Arc<Staging>>,
    /// How many of the staged bytes were written while their tick went on (see `long_tick.rs`).
    flushed: usize,
    watch: Watch,
}

/// What the looks of `long_tick.rs` have seen of a channel.
#[derive(Default)]
struct Watch {
    is_on: bool,
    /// Bytes were staged at its last look, and nothing was written since.
    has_staged: bool,
    /// Looks in a row that found nothing staged, and no tick that may bring something.
    quiet: u32,
}

/// What one of its looks has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Something is staged.
    Staged,
    /// Nothing is, but there may be at the next look.
    Nothing,
    /// Another look is not worth it, until somebody has the channel watched anew.
    Enough,
}

/// After so many quiet looks a channel is left alone.
const QUIET: u32 = 4;

impl Channel {
    /// A channel over a connected socket.
    pub fn new(socket: OwnedFd, framer: Framer) -> Channel {
        Channel {
            outbox: Outbox::new(socket::whole_write(socket.as_fd())),
            socket: Some(socket),
            framer,
            staging: None,
            flushed: 0,
            watch: Watch::default(),
        }
    }

    /// Closes the socket, whoever still holds the channel: the peer is to see its end now.
    pub fn close(&mut self) {
        self.socket = None;
    }

    /// Whether a frame has begun to arrive and not ended.
    pub fn is_partial(&self) -> bool {
        self.framer.is_partial()
    }

    /// Whether accepted bytes still wait for room.
    pub fn is_blocked(&self) -> bool {
        self.outbox.queued() > 0
    }

    /// The block that JavaScript stages messages in; made at the first use, an idle channel has none.
    pub fn staging(&mut self) -> Result<Arc<Staging>, Errno> {
        if let Some(staging) = &self.staging {
            return Ok(staging.clone());
        }
        let staging = Staging::new(self.outbox.whole())?;
        staging.publish(self.outbox.queued(), self.outbox.written());
        self.staging = Some(staging.clone());
        Ok(staging)
    }

    /// Tells JavaScript whether what it sends now is not the first of this turn of the loop.
    pub fn mark_turn(&self, has_written: bool) {
        if let Some(staging) = &self.staging {
            staging.mark_turn(has_written);
        }
    }

    /// What JavaScript sends next is written before it returns, in this tick as well.
    pub fn end_tick(&self) {
        if let Some(staging) = &self.staging {
            staging.end_tick();
        }
    }

    /// Whether something is staged although there is room for it.
    pub fn is_held(&self) -> bool {
        !self.is_blocked() && self.staging.as_ref().is_some_and(|staging| staging.has_pending())
    }

    /// Whether there is something to be read that the socket knows no more of.
    pub fn has_rest(&self) -> bool {
        self.framer.has_rest()
    }

    /// Reads once, at most `room` bytes unless a large frame is under way. `sink` gets the frames that are whole now, if any.
    /// `scratch` is the reader's buffer.
    pub fn read(
        &mut self,
        scratch: &mut Vec<u8>,
        room: usize,
        sink: impl FnOnce(Wire, Arrived<'_>),
    ) -> Outcome {
        let wire = self.framer.wire();
        let sink = |arrived: Arrived<'_>| sink(wire, arrived);
        if self.framer.has_rest() {
            let fed = self.framer.rest(|frames| sink(Arrived::Borrowed(frames)));
            return Outcome::Read { more: true, oversized: fed.oversized, fd: None, lost: false };
        }
        let Some(socket) = &self.socket else { return Outcome::Empty };
        let wanted = self.framer.wanted();
        let direct = self.framer.direct().map(|carry| {
            let from = carry.len();
            (from, socket::receive(socket.as_fd(), carry, wanted), wanted)
        });
        let is_direct = direct.is_some();
        let (from, received, room) = direct.unwrap_or_else(|| {
            scratch.clear();
            (0, socket::receive(socket.as_fd(), scratch, room), room)
        });
        let received = match received {
            Ok(Some(received)) => received,
            Ok(None) => return Outcome::Empty,
            Err(error) => return Outcome::Ended(Some(error)),
        };
        if received.count == 0 {
            return Outcome::Ended(None);
        }
        let fed = if !is_direct {
            self.framer.feed(scratch, |frames| sink(Arrived::Borrowed(frames)))
        } else if let Some(frame) = self.framer.take_finished(from) {
            sink(Arrived::Owned(frame));
            Default::default()
        } else {
            self.framer.appended(from, |frames| sink(Arrived::Borrowed(frames)))
        };
        // One descriptor belongs to one message and no second message with one may be under way, so a peer
        // that sends more breaks the protocol; the surplus is closed here by being dropped.
        let fd = received.fds.into_iter().next();
        let lost = received.lost && fd.is_none();
        Outcome::Read { more: received.count == room || self.has_rest(), oversized: fed.oversized, fd, lost }
    }

    /// Accepts `bytes`, behind everything that was accepted before. EPIPE and the like when the peer is gone.
    pub fn send(&mut self, bytes: Cow<'_, [u8]>, fd: Option<BorrowedFd<'_>>) -> Result<(), Errno> {
        self.flush()?;
        let result = self.outbox.send(bytes, fd, &mut Socket(self.socket.as_ref().map(AsFd::as_fd)));
        self.settle(result)
    }

    /// Sends what is staged.
    pub fn flush(&mut self) -> Result<(), Errno> {
        let Some(staging) = &self.staging else { return Ok(()) };
        let flushed = std::mem::take(&mut self.flushed);
        self.watch.has_staged = false;
        if staging.is_ticking() {
            self.watch.quiet = 0;
        }
        let staged = staging.staged(flushed);
        if staged.is_empty() && flushed == 0 {
            return Ok(());
        }
        let mut socket = Socket(self.socket.as_ref().map(AsFd::as_fd));
        let result =
            if staged.is_empty() { Ok(()) } else { self.outbox.send(staged.into(), None, &mut socket) };
        staging.forget();
        self.settle(result)
    }

    /// Notes whether `long_tick.rs` looks at this channel. Whether it did so already.
    pub fn mark_watched(&mut self, is_on: bool) -> bool {
        std::mem::replace(&mut self.watch.is_on, is_on)
    }

    /// On another thread: writes what fits of what was staged at its last look already. What comes of it is told by
    /// the owner's next flush.
    pub fn look(&mut self) -> Seen {
        let Some(staging) = &self.staging else {
            self.watch.is_on = false;
            return Seen::Enough;
        };
        let staged = staging.staged(self.flushed);
        // Behind what waits for room it is the owner's to write, when there is some.
        if staged.is_empty() || self.outbox.queued() > 0 {
            self.watch.has_staged = false;
            self.watch.quiet = if staging.is_ticking() { 0 } else { self.watch.quiet + 1 };
            self.watch.is_on = self.watch.quiet <= QUIET;
            return if self.watch.is_on { Seen::Nothing } else { Seen::Enough };
        }
        self.watch.quiet = 0;
        if std::mem::replace(&mut self.watch.has_staged, true) {
            let mut socket = Socket(self.socket.as_ref().map(AsFd::as_fd));
            self.flushed += self.outbox.write_past(staged, &mut socket).unwrap_or(0);
        }
        Seen::Staged
    }

    /// Writes what fits of what waits, and what was staged meanwhile. True once nothing waits.
    pub fn drain(&mut self) -> Result<bool, Errno> {
        if !self.drain_outbox()? {
            return Ok(false);
        }
        self.flush()?;
        Ok(!self.is_blocked())
    }

    fn drain_outbox(&mut self) -> Result<bool, Errno> {
        let result = self.outbox.drain(&mut Socket(self.socket.as_ref().map(AsFd::as_fd)));
        let drained = matches!(result, Ok(true));
        self.settle(result.map(drop))?;
        Ok(drained)
    }

    fn settle(&mut self, result: Result<(), Errno>) -> Result<(), Errno> {
        if self.outbox.is_torn()
            && let Some(socket) = &self.socket
        {
            socket::shut_down(socket.as_fd());
        }
        if let Some(staging) = &self.staging {
            staging.publish(self.outbox.queued(), self.outbox.written());
        }
        result
    }

    /// Bytes that the kernel has taken since the beginning.
    pub fn written(&self) -> u64 {
        self.outbox.written()
    }

    /// The socket, until the channel is closed.
    pub fn socket(&self) -> Option<BorrowedFd<'_>> {
        self.socket.as_ref().map(AsFd::as_fd)
    }
}

#[cfg(test)]
mod tests;

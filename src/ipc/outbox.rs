//! What a channel has accepted and the kernel has not taken yet.
//!
//! `send()` promises order and delivery, a socket promises neither room nor whole writes. Bytes that do
//! not fit wait here in order; a descriptor rides on the first byte of its own segment, which never merges
//! with a neighbour, because the receiver ties it to the message that it came with. The queue is pure: it
//! writes through [`Sink`], so its tests need no socket.
//!
//! Node at the other end of a channel that it leaves waits for the rest of a message that has begun. So messages are
//! joined only up to what the socket takes as a whole or not at all: whenever it is full the stream ends at a message's
//! end, unless that one message is longer. And one that has begun always has its rest in memory.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use nix::libc;

use crate::error::Errno;

/// Where the bytes go. A short count is fine; "would block" is `Ok(0)`.
pub trait Sink {
    /// Writes a prefix of `bytes`, with `fd` attached to the first of them.
    fn write(&mut self, bytes: &[u8], fd: Option<BorrowedFd<'_>>) -> Result<usize, Errno>;
}

struct Segment {
    bytes: Vec<u8>,
    sent: usize,
    fd: Option<OwnedFd>,
}

/// See the module's text.
pub struct Outbox {
    /// As many bytes the socket takes as a whole or not at all.
    whole: usize,
    queue: VecDeque<Segment>,
    queued: usize,
    written: u64,
    /// The last bytes written by [`Outbox::write_past`] had others behind them.
    has_begun: bool,
    is_torn: bool,
}

impl Outbox {
    /// For a sink that takes `whole` bytes as a whole or not at all.
    pub fn new(whole: usize) -> Outbox {
        Outbox { whole, queue: VecDeque::new(), queued: 0, written: 0, has_begun: false, is_torn: false }
    }

    /// The most that messages are to be joined to.
    pub fn whole(&self) -> usize {
        self.whole
    }

    /// Bytes that wait.
    pub fn queued(&self) -> usize {
        self.queued
    }

    /// Bytes that the kernel has taken since the beginning.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Whether a part of a message was sent whose rest is lost: nothing can be sent behind it.
    pub fn is_torn(&self) -> bool {
        self.is_torn
    }

    /// Sends `bytes` behind everything that waits: at once where nothing does, and queues the rest. ENOMEM where there is no
    /// memory for that.
    /// `fd` is needed only for the time of the call: it is duplicated where it has to wait, so that the
    /// caller may close its own and never sees another file shipped under a recycled number.
    pub fn send(
        &mut self,
        bytes: Cow<'_, [u8]>,
        fd: Option<BorrowedFd<'_>>,
        sink: &mut impl Sink,
    ) -> Result<(), Errno> {
        let before = self.written;
        let has_begun = std::mem::take(&mut self.has_begun);
        let result = self.write_or_queue(bytes, fd, sink);
        // What came next would be taken for the rest of this message.
        self.is_torn |= result.is_err() && (has_begun || self.written > before);
        result
    }

    fn write_or_queue(
        &mut self,
        bytes: Cow<'_, [u8]>,
        fd: Option<BorrowedFd<'_>>,
        sink: &mut impl Sink,
    ) -> Result<(), Errno> {
        // What may be taken in part needs a place to wait in before its first byte goes.
        self.queue.try_reserve(1)?;
        let mut place = Vec::new();
        if matches!(bytes, Cow::Borrowed(_)) && bytes.len() > self.whole {
            place.try_reserve_exact(bytes.len())?;
        }
        let mut done = 0;
        if self.queue.is_empty() {
            while done < bytes.len() {
                match sink.write(&bytes[done..], fd.filter(|_| done == 0)) {
                    Ok(0) => break,
                    Ok(count) => {
                        done += count;
                        self.written += count as u64;
                    }
                    // The rest of what has begun is worth another try.
                    Err(error) if done > 0 && !is_dead(error) => break,
                    Err(error) => return Err(error),
                }
            }
        }
        if done < bytes.len() {
            let fd = match fd.filter(|_| done == 0) {
                Some(fd) => Some(fd.try_clone_to_owned().map_err(|error| from_io(&error))?),
                None => None,
            };
            self.push(bytes, done, fd, place)?;
        }
        Ok(())
    }

    /// Sends what fits of `bytes` while nothing waits, and keeps nothing: the rest is what is sent next. How much that was.
    pub fn write_past(&mut self, bytes: &[u8], sink: &mut impl Sink) -> Result<usize, Errno> {
        debug_assert!(self.queue.is_empty());
        let count = sink.write(bytes, None)?;
        if count > 0 {
            self.has_begun = count < bytes.len();
            self.written += count as u64;
        }
        Ok(count)
    }

    /// `place`: an empty vector, in which there may be room for `bytes`.
    fn push(
        &mut self,
        bytes: Cow<'_, [u8]>,
        done: usize,
        fd: Option<OwnedFd>,
        mut place: Vec<u8>,
    ) -> Result<(), Errno> {
        let rest = bytes.len() - done;
        if fd.is_none()
            && let Some(last) = self.queue.back_mut()
            && last.fd.is_none()
            && last.bytes.len() + rest <= self.whole
        {
            last.bytes.try_reserve(rest)?;
            last.bytes.extend_from_slice(&bytes[done..]);
            self.queued += rest;
            return Ok(());
        }
        let segment = match bytes {
            // A large message that is ours already is not copied again.
            Cow::Owned(bytes) => Segment { bytes, sent: done, fd },
            Cow::Borrowed(bytes) => {
                place.try_reserve_exact(rest)?;
                place.extend_from_slice(&bytes[done..]);
                Segment { bytes: place, sent: 0, fd }
            }
        };
        self.queue.push_back(segment);
        self.queued += rest;
        Ok(())
    }

    /// Writes what fits now. True once nothing waits. After an error nothing waits either, and unless the peer is gone the
    /// stream is torn.
    pub fn drain(&mut self, sink: &mut impl Sink) -> Result<bool, Errno> {
        while let Some(first) = self.queue.front_mut() {
            let fd = first.fd.as_ref().map(AsFd::as_fd);
            let count = match sink.write(&first.bytes[first.sent..], fd) {
                // The kernel is short of memory: as if there were no room.
                Ok(0) | Err(Errno(libc::ENOBUFS | libc::ENOMEM)) => return Ok(false),
                Ok(count) => count,
                // A refused descriptor (too many are under way, say): its message goes without, and the peer asks for it again.
                Err(error) if first.fd.is_some() && !is_dead(error) => {
                    first.fd = None;
                    continue;
                }
                Err(error) => {
                    self.is_torn |= !is_dead(error);
                    self.queue.clear();
                    self.queued = 0;
                    return Err(error);
                }
            };
            first.sent += count;
            self.queued -= count;
            self.written += count as u64;
            if first.sent == first.bytes.len() {
                self.queue.pop_front();
            } else {
                // The descriptor left with the first byte; ours is of no more use.
                first.fd = None;
            }
        }
        Ok(true)
    }
}

/// Whether nobody reads what is sent, now and for ever.
fn is_dead(error: Errno) -> bool {
    matches!(error, Errno(libc::EPIPE | libc::ECONNRESET | libc::ENOTCONN))
}

fn from_io(error: &std::io::Error) -> Errno {
    Errno(error.raw_os_error().unwrap_or(libc::EMFILE))
}

#[cfg(test)]
mod tests;

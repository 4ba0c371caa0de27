//! What a channel has accepted and the kernel has not taken yet.
//!
//! `send()` promises order and delivery, a socket promises neither room nor whole writes. Bytes that do
//! not fit wait here in order; a descriptor rides on the first byte of its own segment, which never merges
//! with a neighbour, because the receiver ties it to the message that it came with. The queue is pure: it
//! writes through [`Sink`], so its tests need no socket.

use std::borrow::Cow;
use std::collections::{TryReserveError, VecDeque};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

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

/// Small writes are gathered into segments of about this size.
const GATHER: usize = 64 * 1024;

/// See the module's text.
#[derive(Default)]
pub struct Outbox {
    queue: VecDeque<Segment>,
    queued: usize,
    written: u64,
    is_torn: bool,
}

impl Outbox {
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
        let result = self.write_or_queue(bytes, fd, sink);
        // What came next would be taken for the rest of this message.
        self.is_torn |= result.is_err() && self.written > before;
        result
    }

    fn write_or_queue(
        &mut self,
        bytes: Cow<'_, [u8]>,
        fd: Option<BorrowedFd<'_>>,
        sink: &mut impl Sink,
    ) -> Result<(), Errno> {
        let mut done = 0;
        if self.queue.is_empty() {
            while done < bytes.len() {
                let count = sink.write(&bytes[done..], fd.filter(|_| done == 0))?;
                if count == 0 {
                    break;
                }
                done += count;
                self.written += count as u64;
            }
        }
        if done < bytes.len() {
            let fd = match fd.filter(|_| done == 0) {
                Some(fd) => Some(fd.try_clone_to_owned().map_err(|error| from_io(&error))?),
                None => None,
            };
            self.push(bytes, done, fd)?;
        }
        Ok(())
    }

    /// Sends what fits of `bytes` while nothing waits, and keeps nothing. How much that was.
    pub fn write_past(&mut self, bytes: &[u8], sink: &mut impl Sink) -> Result<usize, Errno> {
        debug_assert!(self.queue.is_empty());
        let count = sink.write(bytes, None)?;
        self.written += count as u64;
        Ok(count)
    }

    fn push(
        &mut self,
        bytes: Cow<'_, [u8]>,
        done: usize,
        fd: Option<OwnedFd>,
    ) -> Result<(), TryReserveError> {
        let rest = bytes.len() - done;
        self.queue.try_reserve(1)?;
        if fd.is_none()
            && let Some(last) = self.queue.back_mut()
            && last.fd.is_none()
            && last.bytes.len() + rest <= GATHER
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
                let mut copy = Vec::new();
                copy.try_reserve_exact(rest)?;
                copy.extend_from_slice(&bytes[done..]);
                Segment { bytes: copy, sent: 0, fd }
            }
        };
        self.queue.push_back(segment);
        self.queued += rest;
        Ok(())
    }

    /// Writes what fits now. True once nothing waits.
    pub fn drain(&mut self, sink: &mut impl Sink) -> Result<bool, Errno> {
        while let Some(first) = self.queue.front_mut() {
            let fd = first.fd.as_ref().map(AsFd::as_fd);
            let count = sink.write(&first.bytes[first.sent..], fd)?;
            if count == 0 {
                return Ok(false);
            }
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

    /// Forgets what waits (the peer is gone) and closes its descriptors.
    pub fn clear(&mut self) {
        self.queue.clear();
        self.queued = 0;
    }
}

fn from_io(error: &std::io::Error) -> Errno {
    Errno(error.raw_os_error().unwrap_or(nix::libc::EMFILE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::fs::File;

    /// A peer that takes what its script says, call by call, and then everything.
    #[derive(Default)]
    struct Scripted {
        room: VecDeque<usize>,
        bytes: Vec<u8>,
        /// Where in `bytes` a descriptor arrived.
        fds: Vec<usize>,
    }

    impl Sink for Scripted {
        fn write(&mut self, bytes: &[u8], fd: Option<BorrowedFd<'_>>) -> Result<usize, Errno> {
            let count = self.room.pop_front().unwrap_or(usize::MAX).min(bytes.len());
            if count > 0 && fd.is_some() {
                self.fds.push(self.bytes.len());
            }
            self.bytes.extend_from_slice(&bytes[..count]);
            Ok(count)
        }
    }

    #[test]
    fn a_descriptor_travels_once_and_with_its_own_first_byte() {
        let null = File::open("/dev/null").unwrap();
        let mut outbox = Outbox::default();
        let mut sink = Scripted { room: [2, 0, 0, 1, 1].into(), ..Scripted::default() };
        outbox.send(b"abc"[..].into(), None, &mut sink).unwrap();
        outbox.send(b"def"[..].into(), Some(null.as_fd()), &mut sink).unwrap();
        outbox.send(b"ghi"[..].into(), None, &mut sink).unwrap();
        drop(null);
        assert_eq!((outbox.queued(), outbox.written()), (7, 2));
        while !outbox.drain(&mut sink).unwrap() {}
        assert_eq!((&sink.bytes[..], &sink.fds[..]), (&b"abcdefghi"[..], &[3][..]));
        assert_eq!((outbox.queued(), outbox.written()), (0, 9));
    }

    #[test]
    fn an_error_reaches_the_caller_and_one_within_a_message_tears_the_stream() {
        struct Failing(VecDeque<usize>);
        impl Sink for Failing {
            fn write(&mut self, _: &[u8], _: Option<BorrowedFd<'_>>) -> Result<usize, Errno> {
                self.0.pop_front().ok_or(Errno(12))
            }
        }
        for (room, expected) in
            [(vec![], (Err(Errno(12)), false)), (vec![2], (Err(Errno(12)), true)), (vec![3], (Ok(()), false))]
        {
            let mut outbox = Outbox::default();
            let result = outbox.send(b"abc"[..].into(), None, &mut Failing(room.into()));
            assert_eq!((result, outbox.is_torn()), expected);
        }
    }

    proptest! {
        #[test]
        fn order_survives_any_pattern_of_room(
            messages in prop::collection::vec((prop::collection::vec(any::<u8>(), 1..50), any::<bool>()), 1..20),
            room in prop::collection::vec(0usize..40, 0..60),
        ) {
            let null = File::open("/dev/null").unwrap();
            let mut outbox = Outbox::default();
            let mut sink = Scripted { room: room.into(), ..Scripted::default() };
            let mut expected = Vec::new();
            let mut fds = Vec::new();
            for (bytes, with_fd) in &messages {
                if *with_fd {
                    fds.push(expected.len());
                }
                expected.extend_from_slice(bytes);
                outbox.send(bytes.into(), with_fd.then(|| null.as_fd()), &mut sink).unwrap();
                prop_assert_eq!(outbox.queued() + outbox.written() as usize, expected.len());
            }
            while !outbox.drain(&mut sink).unwrap() {}
            prop_assert_eq!(sink.bytes, expected);
            prop_assert_eq!(sink.fds, fds);
        }
    }
}

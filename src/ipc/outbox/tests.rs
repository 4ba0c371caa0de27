//! What an outbox does when its sink takes little, nothing, or fails.

use super::*;
use proptest::prelude::*;
use std::fs::File;

const WHOLE: usize = 64;
const REFUSED: Errno = Errno(libc::ETOOMANYREFS);
const NO_MEMORY: Errno = Errno(libc::ENOMEM);

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
    let mut outbox = Outbox::new(WHOLE);
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

/// Answers by its script, call by call, and then as if it were full.
struct Answering(VecDeque<Result<usize, Errno>>);

impl Sink for Answering {
    fn write(&mut self, _: &[u8], _: Option<BorrowedFd<'_>>) -> Result<usize, Errno> {
        self.0.pop_front().unwrap_or(Ok(0))
    }
}

#[test]
fn an_error_before_the_first_byte_reaches_the_caller_and_leaves_the_stream_whole() {
    for error in [NO_MEMORY, REFUSED, Errno(libc::EPIPE)] {
        let mut outbox = Outbox::new(WHOLE);
        let result = outbox.send(b"abc"[..].into(), None, &mut Answering([Err(error)].into()));
        assert_eq!((result, outbox.queued(), outbox.is_torn()), (Err(error), 0, false));
    }
}

#[test]
fn the_rest_of_what_has_begun_is_kept_whatever_fails() {
    let mut outbox = Outbox::new(WHOLE);
    let mut sink = Answering([Ok(1), Err(NO_MEMORY)].into());
    outbox.send(b"abc"[..].into(), None, &mut sink).unwrap();
    assert_eq!((outbox.queued(), outbox.is_torn()), (2, false));
    for error in [NO_MEMORY, Errno(libc::ENOBUFS)] {
        assert_eq!(outbox.drain(&mut Answering([Err(error)].into())), Ok(false));
    }
    let mut sink = Scripted::default();
    assert_eq!(outbox.drain(&mut sink), Ok(true));
    assert_eq!(sink.bytes, b"bc");
}

#[test]
fn an_error_without_hope_tears_the_stream_unless_the_peer_is_gone() {
    for (error, is_torn) in [(Errno(libc::EPERM), true), (Errno(libc::EPIPE), false)] {
        let mut outbox = Outbox::new(WHOLE);
        outbox.send(b"abc"[..].into(), None, &mut Answering([Ok(1)].into())).unwrap();
        assert_eq!(outbox.drain(&mut Answering([Err(error)].into())), Err(error));
        assert_eq!((outbox.queued(), outbox.is_torn()), (0, is_torn));
    }
}

#[test]
fn a_message_whose_descriptor_is_refused_goes_without_it() {
    let null = File::open("/dev/null").unwrap();
    let mut outbox = Outbox::new(WHOLE);
    outbox.send(b"ab"[..].into(), Some(null.as_fd()), &mut Answering([].into())).unwrap();
    outbox.send(b"cd"[..].into(), Some(null.as_fd()), &mut Answering([].into())).unwrap();
    assert_eq!(outbox.drain(&mut Answering([Err(REFUSED), Ok(0)].into())), Ok(false));
    let mut sink = Scripted::default();
    assert_eq!(outbox.drain(&mut sink), Ok(true));
    assert_eq!((&sink.bytes[..], &sink.fds[..]), (&b"abcd"[..], &[2][..]));
}

#[test]
fn a_message_that_another_thread_began_is_torn_when_its_rest_is_lost() {
    for (past, is_torn) in [(0, false), (1, true), (3, false)] {
        let mut outbox = Outbox::new(WHOLE);
        assert_eq!(outbox.write_past(b"abc", &mut Answering([Ok(past)].into())), Ok(past));
        let result = outbox.send(b"rest"[..].into(), None, &mut Answering([Err(NO_MEMORY)].into()));
        assert_eq!((result, outbox.is_torn()), (Err(NO_MEMORY), is_torn));
    }
}

/// A socket: it takes pieces of `WHOLE` bytes, each as a whole or not at all, while there is room.
struct Pieces {
    room: usize,
    bytes: Vec<u8>,
}

impl Sink for Pieces {
    fn write(&mut self, bytes: &[u8], _: Option<BorrowedFd<'_>>) -> Result<usize, Errno> {
        let mut done = 0;
        for piece in bytes.chunks(WHOLE) {
            if piece.len() > self.room {
                break;
            }
            self.room -= piece.len();
            done += piece.len();
        }
        self.bytes.extend_from_slice(&bytes[..done]);
        Ok(done)
    }
}

proptest! {
    /// Messages end with their length here. Those of one group are joined by the sender, and are no longer than `WHOLE` together.
    #[test]
    fn whenever_the_socket_is_full_the_stream_ends_with_a_message_unless_that_is_long(
        sizes in prop::collection::vec((1usize..3 * WHOLE, any::<bool>()), 1..60),
        room in prop::collection::vec(0usize..4 * WHOLE, 0..60),
    ) {
        let mut outbox = Outbox::new(WHOLE);
        let mut sink = Pieces { room: 0, bytes: Vec::new() };
        let mut room = room.into_iter();
        // Where messages end, and of long ones all places.
        let mut ends = vec![true];
        let mut group = Vec::new();
        for (size, is_joined) in sizes {
            let message = vec![size as u8; size];
            ends.extend((1..=size).map(|at| at == size || size > WHOLE));
            if group.len() + size > WHOLE || !is_joined {
                outbox.send(Cow::Borrowed(&group), None, &mut sink).unwrap();
                group.clear();
            }
            if size > WHOLE {
                outbox.send(message.into(), None, &mut sink).unwrap();
            } else {
                group.extend(message);
            }
            prop_assert!(ends[sink.bytes.len()]);
            sink.room += room.next().unwrap_or(0);
            outbox.drain(&mut sink).unwrap();
            prop_assert!(ends[sink.bytes.len()]);
        }
        outbox.send(group.into(), None, &mut sink).unwrap();
        sink.room = usize::MAX;
        prop_assert!(outbox.drain(&mut sink).unwrap());
        prop_assert_eq!(sink.bytes.len() + 1, ends.len());
    }

    #[test]
    fn order_survives_any_pattern_of_room(
        messages in prop::collection::vec((prop::collection::vec(any::<u8>(), 1..50), any::<bool>()), 1..20),
        room in prop::collection::vec(0usize..40, 0..60),
    ) {
        let null = File::open("/dev/null").unwrap();
        let mut outbox = Outbox::new(WHOLE);
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

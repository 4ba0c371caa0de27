//! What a channel reads and writes over a real socket pair, and what is done to it in a long tick.

use super::*;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

fn pair(wire: Wire) -> (Channel, UnixStream) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    (Channel::new(ours.into(), Framer::new(wire)), theirs)
}

fn read_all(channel: &mut Channel) -> (Vec<u8>, Option<Option<Errno>>) {
    let (mut got, mut scratch) = (Vec::new(), Vec::new());
    loop {
        let outcome = channel.read(&mut scratch, READ, |_, arrived| match arrived {
            Arrived::Borrowed(frames) => got.extend([frames.head, frames.body].concat()),
            Arrived::Owned(frame) => got.extend(frame),
        });
        match outcome {
            Outcome::Empty => return (got, None),
            Outcome::Ended(error) => return (got, Some(error)),
            Outcome::Read { .. } => {}
        }
    }
}

#[test]
fn a_large_message_arrives_over_many_reads() {
    let (mut channel, theirs) = pair(Wire::Lengths);
    let body = vec![7u8; 3_000_000];
    let bytes = [&(body.len() as u32).to_be_bytes()[..], &body].concat();
    let expected = bytes.clone();
    let writer = std::thread::spawn(move || (&theirs).write_all(&bytes));
    let mut got = Vec::new();
    loop {
        let (part, ended) = read_all(&mut channel);
        got.extend(part);
        if ended.is_some() {
            break;
        }
        std::thread::yield_now();
    }
    writer.join().unwrap().unwrap();
    assert!(got == expected);
}

#[test]
fn a_closed_channel_ends_for_its_peer_although_it_is_held() {
    let (mut channel, mut theirs) = pair(Wire::Lines);
    channel.send(b"1\n"[..].into(), None).unwrap();
    channel.close();
    let mut got = Vec::new();
    theirs.read_to_end(&mut got).unwrap();
    assert_eq!(got, b"1\n");
    assert_eq!(channel.send(b"2\n"[..].into(), None), Err(Errno(nix::libc::EPIPE)));
    assert_eq!(read_all(&mut channel), (Vec::new(), None));
    assert_eq!(channel.drain(), Ok(true));
}

/// Stages as JavaScript does.
fn stage(channel: &mut Channel, bytes: &[u8], is_ticking: bool) {
    channel.staging().unwrap().stage_for_test(bytes, is_ticking);
}

#[test]
fn what_is_staged_for_two_looks_is_written_once_and_in_order() {
    let (mut channel, mut theirs) = pair(Wire::Lines);
    theirs.set_nonblocking(true).unwrap();
    let mut got = || {
        let mut bytes = [0; 64];
        theirs.read(&mut bytes).map_or(String::new(), |n| String::from_utf8_lossy(&bytes[..n]).into_owned())
    };
    stage(&mut channel, b"1\n", true);
    assert_eq!(channel.look(), Seen::Staged);
    assert_eq!(got(), "");
    assert_eq!(channel.look(), Seen::Staged);
    assert_eq!(got(), "1\n");
    // The rest, and nothing twice, whoever comes first.
    stage(&mut channel, b"2\n", true);
    channel.flush().unwrap();
    assert_eq!(got(), "2\n");
    stage(&mut channel, b"3\n", true);
    assert_eq!([channel.look(), channel.look()], [Seen::Staged; 2]);
    channel.flush().unwrap();
    channel.send(b"4\n"[..].into(), None).unwrap();
    assert_eq!(got(), "3\n4\n");
    assert_eq!(channel.outbox.written(), 8);
}

#[test]
fn a_channel_is_looked_at_while_its_tick_lasts_and_a_little_longer() {
    let (mut channel, theirs) = pair(Wire::Lines);
    assert!(!channel.mark_watched(true) && channel.mark_watched(true));
    stage(&mut channel, b"1\n", true);
    channel.flush().unwrap();
    assert!((0..100).all(|_| channel.look() == Seen::Nothing));
    stage(&mut channel, b"", false);
    let mut looks = || (0..100).take_while(|_| channel.look() == Seen::Nothing).count();
    assert_eq!(looks(), QUIET as usize);
    assert!(!channel.mark_watched(true));
    // What cannot be written is left to the owner, who is told.
    drop(theirs);
    stage(&mut channel, b"2\n", true);
    assert_eq!([channel.look(), channel.look(), channel.look()], [Seen::Staged; 3]);
    assert_eq!(channel.flush(), Err(Errno(libc::EPIPE)));
}

#[test]
fn single_messages_and_a_peer_that_does_not_read_keep_nobody_looking() {
    let (mut channel, _theirs) = pair(Wire::Lines);
    for _ in 0..QUIET {
        stage(&mut channel, b"1\n", false);
        channel.flush().unwrap();
        assert_eq!(channel.look(), Seen::Nothing);
    }
    assert_eq!(channel.look(), Seen::Enough);
    channel.send(vec![b'x'; 2_000_000].into(), None).unwrap();
    stage(&mut channel, b"2\n", false);
    assert!(channel.is_blocked());
    assert_eq!((0..100).take_while(|_| channel.look() != Seen::Enough).count(), 0);
}

#[test]
fn two_threads_write_what_one_stages_and_nothing_is_lost_doubled_or_swapped() {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicBool, Ordering};

    use crate::ipc::exit;

    const LINES: usize = 50_000;
    let (channel, mut theirs) = pair(Wire::Lines);
    let channel = Mutex::new(channel);
    let staging = channel.lock().unwrap().staging().unwrap();
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                if let Ok(mut channel) = channel.try_lock() {
                    channel.look();
                }
                std::hint::spin_loop();
            }
        });
        let reader = scope.spawn(move || {
            let mut text = String::new();
            theirs.read_to_string(&mut text).unwrap();
            text
        });
        for i in 0..LINES {
            // Without the lock, as JavaScript does.
            staging.stage_for_test(format!("{i}\n").as_bytes(), true);
            if i % 97 == 0 {
                channel.lock().unwrap().flush().unwrap();
            }
            if i % 5_000 == 0 {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
            while channel.lock().unwrap().is_blocked() {
                channel.lock().unwrap().drain().unwrap();
            }
        }
        exit::finish([(channel.lock().unwrap(), true)].into_iter());
        is_over.store(true, Ordering::Relaxed);
        channel.lock().unwrap().close();
        let expected: String = (0..LINES).map(|i| format!("{i}\n")).collect();
        assert!(reader.join().unwrap() == expected);
    });
}

#[test]
fn the_end_of_a_dead_peer_is_seen() {
    let (mut channel, theirs) = pair(Wire::Lines);
    (&theirs).write_all(b"1\n2").unwrap();
    drop(theirs);
    assert_eq!(read_all(&mut channel), (b"1\n".to_vec(), Some(None)));
    assert!(channel.is_partial());
    assert_eq!(channel.send(b"x\n"[..].into(), None), Err(Errno(nix::libc::EPIPE)));
    assert!(!channel.is_blocked());
}

#[test]
fn whatever_is_sent_and_staged_a_full_socket_ends_with_a_message() {
    let (mut channel, mut theirs) = pair(Wire::Lines);
    theirs.set_nonblocking(true).unwrap();
    let line = |i: usize| format!("{}{i}\n", "x".repeat(i * 37 % 800));
    let (mut begun, mut got) = (0, String::new());
    while begun < 30_000 {
        // As much as JavaScript stages before it has it written.
        for _ in 0..begun % 90 {
            stage(&mut channel, line(begun).as_bytes(), true);
            begun += 1;
        }
        if begun % 3 == 0 {
            channel.look();
            channel.look();
        }
        channel.flush().unwrap();
        channel.send(line(begun).into_bytes().into(), None).unwrap();
        begun += 1;
        if begun % 7 == 0 {
            let _ = theirs.read_to_string(&mut got);
            assert!(got.is_empty() || got.ends_with('\n'), "{:?}", &got[got.len() - 100..]);
            channel.drain().unwrap();
        }
    }
    while channel.is_blocked() {
        let _ = theirs.read_to_string(&mut got);
        channel.drain().unwrap();
    }
    let _ = theirs.read_to_string(&mut got);
    assert!(got == (0..begun).map(line).collect::<String>());
}

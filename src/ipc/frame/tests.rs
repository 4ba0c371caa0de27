//! The framer under every way of cutting a stream into reads: whatever the cuts, the same frames come out.

use super::*;
use proptest::prelude::*;

fn lengths(bodies: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::new();
    for body in bodies {
        out.extend_from_slice(&(body.len() as u32).to_be_bytes());
        out.extend_from_slice(body);
    }
    out
}

/// What came out of a framer.
#[derive(Default)]
struct Cut {
    lines: Vec<u8>,
    bodies: Vec<u8>,
    oversized: usize,
    is_partial: bool,
}

/// Feeds `bytes` cut at `cuts`, by copy or by direct append as the framer asks.
fn cut(mut framer: Framer, bytes: &[u8], cuts: &[usize]) -> Cut {
    let mut got = Cut::default();
    let mut start = 0;
    for end in cuts.iter().copied().chain([bytes.len()]) {
        let chunk = &bytes[start..end];
        start = end;
        let mut oversized = 0;
        let wire = framer.wire();
        let mut sink = |wire, frames: Frames<'_>| {
            let target = if wire == Wire::Lines { &mut got.lines } else { &mut got.bodies };
            target.extend([frames.head, frames.body].concat());
        };
        if let Some(carry) = framer.direct() {
            let from = carry.len();
            carry.extend_from_slice(chunk);
            match framer.take_finished(from) {
                Some(frame) => sink(wire, Frames { head: &frame, body: &[] }),
                None => oversized += framer.appended(from, |frames| sink(wire, frames)).oversized,
            }
        } else {
            oversized += framer.feed(chunk, |frames| sink(wire, frames)).oversized;
        }
        if framer.has_rest() {
            oversized += framer.rest(|frames| sink(Wire::Lengths, frames)).oversized;
        }
        got.oversized += oversized;
    }
    got.is_partial = framer.is_partial();
    got
}

/// The frames of one wire, how many lines were given up, and whether one is unfinished.
fn run(wire: Wire, limit: usize, bytes: &[u8], cuts: &[usize]) -> (Vec<u8>, usize, bool) {
    let got = cut(Framer::with_line_limit(wire, limit), bytes, cuts);
    ([got.lines, got.bodies].concat(), got.oversized, got.is_partial)
}

#[test]
fn a_message_split_at_every_byte_arrives_whole() {
    let text = "{\"a\":\"\u{20ac}\"}\n{}\n".as_bytes();
    let body = lengths(&[vec![1, 2, 3], vec![], vec![9; 300]]);
    for (wire, bytes) in [(Wire::Lines, text), (Wire::Lengths, &body[..])] {
        for a in 0..=bytes.len() {
            for b in a..=bytes.len() {
                assert_eq!(run(wire, 1000, bytes, &[a, b]), (bytes.to_vec(), 0, false), "{wire:?} {a} {b}");
            }
        }
    }
}

#[test]
fn an_unfinished_frame_is_partial_and_not_delivered() {
    assert_eq!(run(Wire::Lines, 100, b"{}\n{\"a\"", &[]), (b"{}\n".to_vec(), 0, true));
    assert_eq!(run(Wire::Lengths, 100, &[0, 0, 0, 2, 7], &[]), (vec![], 0, true));
    assert_eq!(run(Wire::Lengths, 100, &[0, 0], &[1]), (vec![], 0, true));
}

#[test]
fn a_forged_length_takes_only_the_memory_that_arrived() {
    let mut framer = Framer::new(Wire::Lengths);
    framer.feed(&[0xff, 0xff, 0xff, 0xff, 1], |_| panic!("nothing is whole"));
    assert!(framer.carry.capacity() < 64);
    assert!(framer.is_partial());
}

#[test]
fn a_line_beyond_the_limit_is_dropped_and_the_next_one_arrives() {
    let bytes = [&[b'x'; 40][..], b"\n{}\n"].concat();
    for cut in 0..40 {
        let (got, oversized, partial) = run(Wire::Lines, 10, &bytes, &[cut, 41]);
        if cut > 10 {
            assert_eq!((got, oversized, partial), (b"{}\n".to_vec(), 1, false), "cut at {cut}");
        }
    }
}

#[test]
fn large_frames_go_through_the_direct_path() {
    let line = [vec![b'a'; 200_000], vec![b'\n'], b"{}\n".to_vec()].concat();
    let cuts: Vec<usize> = (1..20).map(|n| n * 10_000).collect();
    assert_eq!(run(Wire::Lines, MAX_LINE, &line, &cuts), (line.clone(), 0, false));
    let body = lengths(&[vec![5; 200_000], vec![6; 3]]);
    assert_eq!(run(Wire::Lengths, MAX_LINE, &body, &cuts), (body.clone(), 0, false));
}

proptest! {
    #[test]
    fn what_follows_the_upgrade_has_lengths_however_it_is_cut(
        lines in prop::collection::vec(prop::collection::vec(b'a'..=b'z', 0..40), 0..6),
        long in prop::option::of(1usize..200_000),
        bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..6),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        prop_assume!(lines.iter().all(|line| line != b"upgrade"));
        let mut text: Vec<u8> = lines.iter().flat_map(|line| line.iter().copied().chain([b'\n'])).collect();
        text.extend(long.iter().flat_map(|length| std::iter::repeat_n(b'x', *length).chain([b'\n'])));
        // Not at the beginning of a line, so not the upgrade.
        text.extend(b"reupgrade\nupgrade\n");
        let bodies = lengths(&bodies);
        let bytes = [&text[..], &bodies].concat();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.sort_unstable();
        let got = cut(Framer::upgrading_at(b"upgrade"), &bytes, &cuts);
        prop_assert_eq!((got.lines, got.bodies, got.is_partial), (text, bodies, false));
    }

    #[test]
    fn any_chunking_delivers_the_same_lines(
        lines in prop::collection::vec(prop::collection::vec(any::<u8>().prop_filter("no newline", |b| *b != b'\n'), 0..40), 0..12),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let bytes: Vec<u8> = lines.iter().flat_map(|line| line.iter().copied().chain([b'\n'])).collect();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.sort_unstable();
        prop_assert_eq!(run(Wire::Lines, 1000, &bytes, &cuts), (bytes, 0, false));
    }

    #[test]
    fn any_chunking_delivers_the_same_bodies(
        bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..12),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let bytes = lengths(&bodies);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.sort_unstable();
        prop_assert_eq!(run(Wire::Lengths, 1000, &bytes, &cuts), (bytes, 0, false));
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), cut in 0usize..400) {
        let cut = cut.min(bytes.len());
        run(Wire::Lines, 50, &bytes, &[cut]);
        run(Wire::Lengths, 50, &bytes, &[cut]);
    }
}

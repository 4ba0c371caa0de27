//! Any bytes in any chunks: the framer delivers exactly the whole frames, as a simple reader of all bytes finds them, holds
//! back exactly the rest, and never panics. The module is compiled in by itself, since the addon links against Node.
#![no_main]

#[path = "../../src/ipc/frame.rs"]
#[allow(dead_code)]
mod frame;

use frame::{Fed, Framer, Frames, Wire};
use libfuzzer_sys::fuzz_target;

/// The whole frames of `bytes`, found the simplest way.
fn expected(wire: Wire, bytes: &[u8]) -> usize {
    match wire {
        Wire::Lines => bytes.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1),
        Wire::Lengths => {
            let mut end = 0;
            while bytes.len() >= end + 4 {
                let length = u32::from_be_bytes([bytes[end], bytes[end + 1], bytes[end + 2], bytes[end + 3]]) as usize;
                if bytes.len() - end - 4 < length {
                    break;
                }
                end += 4 + length;
            }
            end
        }
    }
}

/// The line after which frames have lengths.
const TURN: &[u8] = b"turn";

/// The end of the first line that is the turn.
fn end_of_turn(bytes: &[u8]) -> Option<usize> {
    let line = [TURN, b"\n"].concat();
    (0..bytes.len()).find(|at| bytes[*at..].starts_with(&line) && (*at == 0 || bytes[at - 1] == b'\n')).map(|at| at + line.len())
}

fuzz_target!(|input: (u8, u8, Vec<u8>, Vec<u8>, Vec<u8>)| {
    let (kind, scale, cuts, seed, behind) = input;
    // Some inputs are blown up, to get to the buffers that are read into in place.
    let mut bytes: Vec<u8> =
        if scale > 250 { seed.iter().flat_map(|b| std::iter::repeat_n(*b, 4096)).collect() } else { seed };
    let (wire, mut framer) = match kind % 3 {
        0 => (Wire::Lines, Framer::new(Wire::Lines)),
        1 => (Wire::Lengths, Framer::new(Wire::Lengths)),
        _ => {
            bytes.extend([b"\n", TURN, b"\n", &behind].concat());
            (Wire::Lines, Framer::turning_at(TURN))
        }
    };
    let turn = if kind % 3 == 2 { end_of_turn(&bytes) } else { None };
    let mut got: Vec<u8> = Vec::new();
    let mut start = 0;
    let mut cuts = cuts.into_iter();
    while start < bytes.len() {
        let step = cuts.next().map_or(bytes.len(), |cut| 1 + usize::from(cut) * if scale > 250 { 512 } else { 1 });
        let end = (start + step).min(bytes.len());
        let chunk = &bytes[start..end];
        start = end;
        let mut sink = |frames: Frames<'_>| {
            assert!(!frames.head.is_empty() || !frames.body.is_empty());
            got.extend_from_slice(frames.head);
            got.extend_from_slice(frames.body);
        };
        let mut fed = if let Some(carry) = framer.direct() {
            let from = carry.len();
            carry.extend_from_slice(chunk);
            match framer.take_finished(from) {
                Some(frame) => {
                    sink(Frames { head: &frame, body: &[] });
                    Fed::default()
                }
                None => framer.appended(from, &mut sink),
            }
        } else {
            framer.feed(chunk, &mut sink)
        };
        if framer.has_rest() {
            fed.oversized += framer.rest(&mut sink).oversized;
        }
        assert_eq!(fed.oversized, 0);
        assert!(framer.wanted() >= 1);
        // No more is delivered than has come, and all that is whole.
        let whole = match turn {
            Some(turn) if end >= turn => turn + expected(Wire::Lengths, &bytes[turn..end]),
            _ => expected(wire, &bytes[..end]),
        };
        assert_eq!(got, bytes[..whole]);
    }
    assert_eq!(framer.is_partial(), got.len() < bytes.len());
});

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

fuzz_target!(|input: (bool, u8, Vec<u8>, Vec<u8>)| {
    let (lines, scale, cuts, seed) = input;
    let wire = if lines { Wire::Lines } else { Wire::Lengths };
    // Some inputs are blown up, to get to the buffers that are read into in place.
    let bytes: Vec<u8> = if scale > 250 { seed.iter().flat_map(|b| std::iter::repeat_n(*b, 4096)).collect() } else { seed };
    let mut framer = Framer::new(wire);
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
        let fed = if let Some(carry) = framer.direct() {
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
        assert_eq!(fed.oversized, 0);
        assert!(framer.wanted() >= 1);
        // No more is delivered than has come, and all that is whole.
        assert_eq!(got, bytes[..expected(wire, &bytes[..end])]);
    }
    assert_eq!(framer.is_partial(), got.len() < bytes.len());
});

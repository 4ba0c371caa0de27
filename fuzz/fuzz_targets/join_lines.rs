//! Any lines, joined for one parse: without the separator that was put between them, exactly the lines come out again, and
//! a limited framer gives up long lines and nothing else.
#![no_main]

#[path = "../../src/ipc/frame.rs"]
#[allow(dead_code)]
mod frame;
#[path = "../../src/ipc/lines.rs"]
mod lines;

use frame::{Framer, Frames, Wire};
use libfuzzer_sys::fuzz_target;
use lines::join_lines;

const NONCE: &str = "123456789";

fuzz_target!(|input: (u8, Vec<u8>)| {
    let (limit, bytes) = input;
    let end = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
    if end > 0 {
        let head_end = bytes.iter().position(|b| *b == b'\n').map_or(0, |at| at + 1);
        let frames = Frames { head: &bytes[..head_end], body: &bytes[head_end..end] };
        let mut out = Vec::new();
        let count = join_lines(&frames, NONCE, &mut out).expect("memory");
        let lines: Vec<&[u8]> = bytes[..end - 1].split(|b| *b == b'\n').collect();
        assert_eq!(count, lines.len());
        if count == 1 {
            assert_eq!(out, lines[0]);
        } else {
            let separator = format!(",{NONCE},");
            let joined = [b"[", lines.join(separator.as_bytes()).as_slice(), b"]"].concat();
            assert_eq!(out, joined);
        }
    }

    // Byte by byte, with a bound: lines up to it arrive, longer ones are dropped and counted.
    let limit = usize::from(limit);
    let mut framer = Framer::with_line_limit(Wire::Lines, limit);
    let (mut got, mut dropped) = (Vec::new(), 0);
    for byte in &bytes {
        dropped += framer.feed(&[*byte], |frames| got.extend([frames.head, frames.body].concat())).oversized;
    }
    let (mut kept, mut lost) = (Vec::new(), 0);
    let mut parts = bytes.split(|b| *b == b'\n').peekable();
    while let Some(line) = parts.next() {
        if line.len() > limit {
            lost += 1;
        } else if parts.peek().is_some() {
            kept.extend_from_slice(line);
            kept.push(b'\n');
        }
    }
    assert_eq!((got, dropped), (kept, lost));
});

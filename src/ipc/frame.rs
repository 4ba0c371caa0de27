//! Cuts the byte stream of a channel into whole frames.
//!
//! Node has two wires: JSON lines, and bodies behind a 4-byte big-endian length. A read ends wherever
//! the kernel likes, so the unfinished tail of one read is carried over to the next. Nothing is parsed
//! here: whole frames go up to JavaScript many at a time, where V8's own parsers are the fastest there are.
//!
//! The bytes come from another process and may be anything. Memory follows what really arrived, never
//! what a length announces; every byte is looked at once, so an endless frame costs linear time; a line
//! beyond [`Framer::line_limit`] is dropped while it arrives and reported once.
//!
//! Two ends of this package may go over from lines to lengths. The sender says so by one line that both know
//! (the upgrade), and what follows it has lengths. Bytes that came with the upgrade are kept aside and cut by
//! [`Framer::rest`], because one call hands over frames of one kind only.

use memchr::memmem::Finder;
use memchr::{memchr, memrchr};

/// How frames are told apart on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// `serialization: 'json'`: UTF-8 text, each frame ended by `\n`.
    Lines,
    /// `serialization: 'advanced'`: a 4-byte big-endian length, then that many bytes.
    Lengths,
}

/// No V8 string is longer than 2^29 - 24 units, and a unit takes at most 3 bytes of UTF-8: a longer line
/// can never become a message.
pub const MAX_LINE: usize = 0x1fff_ffe8 * 3;

/// A carried tail of this size is read into in place; below it one copy is cheaper than a second read.
const DIRECT: usize = 64 * 1024;

/// A carry buffer above this size is given back once its frame has left.
const KEEP: usize = 64 * 1024;

/// Whole frames, in order: all of `head`, then all of `body`. Either may be empty, never both.
#[derive(Debug, PartialEq, Eq)]
pub struct Frames<'a> {
    /// The frame that began in an earlier read.
    pub head: &'a [u8],
    /// The frames that lie whole in this read.
    pub body: &'a [u8],
}

/// What one read brought.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Fed {
    /// Lines that were given up because they grew beyond the limit.
    pub oversized: usize,
}

/// See the module's text.
pub struct Framer {
    wire: Wire,
    carry: Vec<u8>,
    line_limit: usize,
    /// Inside a line that is being dropped.
    skipping: bool,
    /// The line, with its end, after which frames have lengths.
    upgrade: Option<Finder<'static>>,
    /// What came behind it.
    rest: Vec<u8>,
}

impl Framer {
    /// A framer for one end of a channel.
    pub fn new(wire: Wire) -> Framer {
        Framer::with_line_limit(wire, MAX_LINE)
    }

    /// Expects lines until `upgrade` comes, a line without its end, and lengths from then on.
    pub fn upgrading_at(upgrade: &[u8]) -> Framer {
        Framer {
            upgrade: Some(Finder::new(&[upgrade, b"\n"].concat()).into_owned()),
            ..Framer::new(Wire::Lines)
        }
    }

    /// How the next frame is told apart.
    pub fn wire(&self) -> Wire {
        self.wire
    }

    /// Whether there are bytes behind the upgrade that [`Framer::rest`] has to cut.
    pub fn has_rest(&self) -> bool {
        !self.rest.is_empty()
    }

    /// Cuts what came with the upgrade, as [`Framer::feed`] cuts a read.
    pub fn rest(&mut self, sink: impl FnOnce(Frames<'_>)) -> Fed {
        let rest = std::mem::take(&mut self.rest);
        self.feed(&rest, sink)
    }

    /// A framer with another bound for lines, in bytes.
    pub fn with_line_limit(wire: Wire, line_limit: usize) -> Framer {
        Framer { wire, carry: Vec::new(), line_limit, skipping: false, upgrade: None, rest: Vec::new() }
    }

    /// Whether a frame has begun and not ended.
    pub fn is_partial(&self) -> bool {
        !self.carry.is_empty() || self.skipping || self.has_rest()
    }

    /// The carry buffer, when the next read should append to it directly (a large frame under way).
    /// The caller appends and then calls [`Framer::appended`] with the length from before.
    pub fn direct(&mut self) -> Option<&mut Vec<u8>> {
        (self.carry.len() >= DIRECT && !self.skipping).then_some(&mut self.carry)
    }

    /// Takes one read. `sink` is called at most once, with all frames that are whole now.
    pub fn feed(&mut self, mut chunk: &[u8], sink: impl FnOnce(Frames<'_>)) -> Fed {
        let mut fed = Fed::default();
        if self.skipping {
            match memchr(b'\n', chunk) {
                None => return fed,
                Some(end) => {
                    self.skipping = false;
                    chunk = &chunk[end + 1..];
                }
            }
        }
        let used = match self.wire {
            Wire::Lines if self.carry.is_empty() => 0,
            Wire::Lines => memchr(b'\n', chunk).map_or(chunk.len(), |end| end + 1),
            Wire::Lengths if self.carry.is_empty() => 0,
            Wire::Lengths => self.missing_of_first(chunk).min(chunk.len()),
        };
        self.carry.extend_from_slice(&chunk[..used]);
        let rest = &chunk[used..];
        let head = if self.carry.is_empty() { 0 } else { whole(self.wire, &self.carry) };
        if head == 0 && !self.carry.is_empty() {
            debug_assert!(rest.is_empty());
            self.give_up_if_too_long(&mut fed);
            return fed;
        }
        let body = whole(self.wire, rest);
        if self.upgrade.is_some() {
            let in_head = self.end_of_upgrade(&self.carry[..head]).is_some();
            if let Some(end) = if in_head { Some(0) } else { self.end_of_upgrade(&rest[..body]) } {
                sink(Frames { head: &self.carry[..head], body: &rest[..end] });
                self.carry.clear();
                self.upgrade_with(&rest[end..]);
                return fed;
            }
        }
        if head > 0 || body > 0 {
            sink(Frames { head: &self.carry[..head], body: &rest[..body] });
        }
        self.carry.clear();
        self.carry.shrink_to(KEEP);
        self.carry.extend_from_slice(&rest[body..]);
        self.give_up_if_too_long(&mut fed);
        fed
    }

    /// The carry itself, when what was appended to [`Framer::direct`]'s buffer made it end exactly with a
    /// frame: a large frame then needs no copy.
    pub fn take_finished(&mut self, from: usize) -> Option<Vec<u8>> {
        let finished = match self.wire {
            Wire::Lines => memchr(b'\n', &self.carry[from..]) == Some(self.carry.len() - from - 1),
            Wire::Lengths => whole(Wire::Lengths, &self.carry) == self.carry.len(),
        };
        (finished && self.carry.len() > from).then(|| std::mem::take(&mut self.carry))
    }

    /// How much room the next direct read wants: what the frame under way still needs where its length is
    /// known, but never more than what has already arrived, so that a forged length costs nothing.
    pub fn wanted(&self) -> usize {
        let grow = self.carry.len().max(4 * DIRECT);
        match self.wire {
            Wire::Lines => grow,
            Wire::Lengths => self.missing_of_first(&[]).clamp(1, grow),
        }
    }

    /// Takes the bytes that were appended to [`Framer::direct`]'s buffer behind `from`.
    pub fn appended(&mut self, from: usize, sink: impl FnOnce(Frames<'_>)) -> Fed {
        let mut fed = Fed::default();
        let end = match self.wire {
            // The bytes before `from` hold no line end, or they would not be there.
            Wire::Lines => memrchr(b'\n', &self.carry[from..]).map_or(0, |at| from + at + 1),
            Wire::Lengths => whole(Wire::Lengths, &self.carry),
        };
        if let Some(upgrade) = self.end_of_upgrade(&self.carry[..end]) {
            let carry = std::mem::take(&mut self.carry);
            sink(Frames { head: &carry[..upgrade], body: &[] });
            self.upgrade_with(&carry[upgrade..]);
            return fed;
        }
        if end > 0 {
            sink(Frames { head: &self.carry[..end], body: &[] });
            self.carry.drain(..end);
            self.carry.shrink_to(KEEP);
        }
        self.give_up_if_too_long(&mut fed);
        fed
    }

    /// The end of the upgrade, if it is among these whole lines.
    fn end_of_upgrade(&self, lines: &[u8]) -> Option<usize> {
        let upgrade = self.upgrade.as_ref()?;
        let at = upgrade.find_iter(lines).find(|at| *at == 0 || lines[at - 1] == b'\n')?;
        Some(at + upgrade.needle().len())
    }

    fn upgrade_with(&mut self, rest: &[u8]) {
        self.upgrade = None;
        self.wire = Wire::Lengths;
        self.rest = rest.to_vec();
    }

    /// How many bytes of `chunk` the carried frame still takes to become whole.
    fn missing_of_first(&self, chunk: &[u8]) -> usize {
        let mut length = [0u8; 4];
        let have = self.carry.len().min(4);
        length[..have].copy_from_slice(&self.carry[..have]);
        let add = (4 - have).min(chunk.len());
        length[have..have + add].copy_from_slice(&chunk[..add]);
        if have + add < 4 {
            return chunk.len();
        }
        (4 + u32::from_be_bytes(length) as usize).saturating_sub(self.carry.len())
    }

    fn give_up_if_too_long(&mut self, fed: &mut Fed) {
        if self.wire == Wire::Lines && self.carry.len() > self.line_limit {
            self.carry = Vec::new();
            self.skipping = true;
            fed.oversized += 1;
        }
    }
}

/// The length of the longest prefix of `bytes` that holds whole frames only.
fn whole(wire: Wire, bytes: &[u8]) -> usize {
    match wire {
        Wire::Lines => memrchr(b'\n', bytes).map_or(0, |at| at + 1),
        Wire::Lengths => {
            let mut end = 0;
            while let Some(frame) = first_body(&bytes[end..]) {
                end += 4 + frame.len();
            }
            end
        }
    }
}

/// The body of the first frame of `bytes`, if it is whole.
pub fn first_body(bytes: &[u8]) -> Option<&[u8]> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.get(..u32::from_be_bytes(*length) as usize)
}

#[cfg(test)]
mod tests;

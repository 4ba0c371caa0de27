//! The bytes of messages that `send()` accepted in this turn of the loop, in memory that JavaScript and we share.
//!
//! One write for each message costs more than the message. So JavaScript encodes straight into this
//! block and asks for a write once a turn. The block is ours and not the heap's, because `process.exit()`
//! runs no more JavaScript and no environment hook: a handler of the C library finds the bytes here and
//! sends them. It is a mapping of its own, because most channels touch only its first page: a block from the
//! allocator would be cleared, and be in memory as a whole.
//!
//! Layout: four doubles (see the constants), then the data. Doubles, because both sides can read and
//! write them in one step and they count beyond 4 GiB.
//!
//! # Safety
//! JavaScript runs on the thread that owns the channel, and Rust reads only while JavaScript does not run
//! (inside its call, or at exit on the same thread), so there is never a concurrent access. What JavaScript
//! wrote is not trusted: lengths are clamped.
#![allow(unsafe_code)]

use std::ptr::{NonNull, null_mut};
use std::sync::Arc;

use nix::libc;

use super::node_api::Bytes;
use crate::error::Errno;

/// Index of the double with the number of staged bytes; JavaScript writes it, we reset it.
const PENDING: usize = 0;
/// Index of the double with the number of bytes that wait for room in the socket.
const QUEUED: usize = 1;
/// Index of the double with the number of bytes that the kernel has taken since the beginning.
const WRITTEN: usize = 2;
/// Index of the double that is 0 until this turn of the loop has brought a write, then 1. JavaScript may reset it, and
/// writes 2 while what it stages waits for the end of a tick.
const TURNED: usize = 3;
/// Where the data begins.
pub const HEADER: usize = 32;

/// See the module's text.
pub struct Staging {
    start: NonNull<u8>,
    size: usize,
}

// SAFETY: see the module; the value itself holds only the address of memory that it owns.
unsafe impl Send for Staging {}
// SAFETY: as above.
unsafe impl Sync for Staging {}

impl Staging {
    /// A block with `room` bytes of data.
    pub fn new(room: usize) -> Result<Arc<Staging>, Errno> {
        let size = HEADER + room;
        // SAFETY: new pages, wherever the kernel likes.
        let base = unsafe {
            libc::mmap(
                null_mut(),
                size,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            )
        };
        if base == libc::MAP_FAILED {
            return Err(Errno::last());
        }
        let start = NonNull::new(base.cast()).ok_or(Errno(libc::ENOMEM))?;
        Ok(Arc::new(Staging { start, size }))
    }

    fn get(&self, index: usize) -> f64 {
        // SAFETY: inside the block, aligned, and zero from the beginning.
        unsafe { self.start.cast::<f64>().add(index).read() }
    }

    fn set(&self, index: usize, value: f64) {
        // SAFETY: as in `get`.
        unsafe { self.start.cast::<f64>().add(index).write(value) }
    }

    /// Copies the staged bytes out and forgets them.
    pub fn take(&self, into: &mut Vec<u8>) {
        // A float-to-integer cast saturates, so NaN and nonsense become 0 or the bound.
        let pending = (self.get(PENDING) as usize).min(self.size - HEADER);
        self.set(PENDING, 0.0);
        // SAFETY: inside the block; nobody writes meanwhile.
        let staged = unsafe { std::slice::from_raw_parts(self.start.as_ptr().add(HEADER), pending) };
        into.extend_from_slice(staged);
    }

    /// Tells JavaScript how far the channel is.
    pub fn publish(&self, queued: usize, written: u64) {
        self.set(QUEUED, queued as f64);
        self.set(WRITTEN, written as f64);
    }

    /// Tells JavaScript whether what it sends now is not the first of this turn of the loop.
    pub fn mark_turn(&self, has_written: bool) {
        if !has_written {
            self.set(TURNED, 0.0);
        } else if self.get(TURNED) == 0.0 {
            self.set(TURNED, 1.0);
        }
    }

    /// Whether anything is staged.
    pub fn has_pending(&self) -> bool {
        self.get(PENDING) > 0.0
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // SAFETY: our own mapping, as `new` made it; whoever has its address holds a share of it.
        unsafe { libc::munmap(self.start.as_ptr().cast(), self.size) };
    }
}

/// JavaScript's share of a block: its ArrayBuffer keeps the memory after the channel is gone.
pub struct Shared(pub Arc<Staging>);

// SAFETY: the block does not move and lives as long as any share of it; it is meant to be shared.
unsafe impl Bytes for Shared {
    fn parts(&mut self) -> (*mut u8, usize) {
        (self.0.start.as_ptr(), self.0.size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staged_bytes_are_taken_once_and_nonsense_is_clamped() {
        let staging = Staging::new(8).unwrap();
        let (start, length) = Shared(staging.clone()).parts();
        assert_eq!(length, HEADER + 8);
        // SAFETY: inside the block.
        unsafe { start.add(HEADER).copy_from(b"abcdefgh".as_ptr(), 8) };
        let mut out = Vec::new();
        for (pending, expected) in [(3.0, 3), (0.0, 0), (1e300, 8), (f64::NAN, 0), (-5.0, 0)] {
            out.clear();
            staging.set(PENDING, pending);
            staging.take(&mut out);
            assert_eq!(out, b"abcdefgh"[..expected]);
            assert_eq!(staging.get(PENDING), 0.0);
        }
    }
}

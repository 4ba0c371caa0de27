//! The bytes of messages that `send()` accepted in this turn of the loop, in memory that JavaScript and we share.
//!
//! One write for each message costs more than the message. So JavaScript encodes straight into this
//! block and asks for a write once a turn. The block is ours and not the heap's, because `process.exit()`
//! runs no more JavaScript and no environment hook: a handler of the C library finds the bytes here and
//! sends them. It is a mapping of its own, because most channels touch only its first page: a block from the
//! allocator would be cleared, and be in memory as a whole.
//!
//! Layout: the number of staged bytes and three doubles (see the constants), then the data. Doubles, because both sides
//! can read and write them in one step and they count beyond 4 GiB.
//!
//! # Safety
//! JavaScript runs on the thread that owns the channel. That thread's Rust touches the block only while JavaScript does not run
//! (inside its call, or at exit). Another thread (see `src/ipc/long_tick.rs`) may look at any time, but only at the mark of the turn, which is one
//! word, the number of staged bytes, which JavaScript stores atomically behind the bytes themselves, and the bytes below it.
//! Those stay as they are until the owner's thread takes them, which it does under the lock of the channel, as the other thread reads. What
//! JavaScript wrote is not trusted: lengths are clamped.
#![allow(unsafe_code)]

#[cfg(test)]
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};

use super::bytes::Bytes;
use super::mapping::Mapping;
use crate::error::Errno;

/// Index of the double with the number of bytes that wait for room in the socket.
const QUEUED: usize = 1;
/// Index of the double with the number of bytes that the kernel has taken since the beginning.
const WRITTEN: usize = 2;
/// Index of the double that is 0 until this turn of the loop has brought a write, then 1. JavaScript may reset it, and
/// writes [`TICKING`] while what it stages waits for the end of a tick.
const TURNED: usize = 3;
const TICKING: f64 = 2.0;
/// Where the data begins. In front of the doubles, in the place of the first, stands the number of staged bytes as a 32-bit
/// integer; JavaScript writes it, we reset it.
pub const HEADER: usize = 32;

/// See the module's text.
pub struct Staging {
    memory: Mapping,
}

// SAFETY: see the module; the value itself holds only the address of memory that it owns.
unsafe impl Sync for Staging {}

impl Staging {
    /// A block with `room` bytes of data.
    pub fn new(room: usize) -> Result<Arc<Staging>, Errno> {
        Ok(Arc::new(Staging { memory: Mapping::anonymous(HEADER + room)? }))
    }

    fn get(&self, index: usize) -> f64 {
        // SAFETY: inside the block, aligned, and zero from the beginning.
        unsafe { self.memory.start().cast::<f64>().add(index).read() }
    }

    fn set(&self, index: usize, value: f64) {
        // SAFETY: as in `get`.
        unsafe { self.memory.start().cast::<f64>().add(index).write(value) }
    }

    fn pending(&self) -> &AtomicI32 {
        // SAFETY: inside the block, aligned, zero from the beginning, and accessed by atomic steps alone.
        unsafe { AtomicI32::from_ptr(self.memory.start().as_ptr().cast()) }
    }

    /// The staged bytes from `from` on. For who holds the lock of the channel, see the module's text.
    pub fn staged(&self, from: usize) -> &[u8] {
        let pending = usize::try_from(self.pending().load(Ordering::Acquire))
            .unwrap_or(0)
            .min(self.memory.len() - HEADER);
        let from = from.min(pending);
        // SAFETY: inside the block; nobody writes below what is pending.
        unsafe { std::slice::from_raw_parts(self.memory.start().as_ptr().add(HEADER + from), pending - from) }
    }

    /// Forgets what is staged. For the owner's thread.
    pub fn forget(&self) {
        self.pending().store(0, Ordering::Relaxed);
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

    /// Has JavaScript make a call again before it stages more.
    pub fn end_tick(&self) {
        if self.get(TURNED) == TICKING {
            self.set(TURNED, 1.0);
        }
    }

    /// Whether JavaScript may stage something without a call. For any thread.
    pub fn is_ticking(&self) -> bool {
        // SAFETY: inside the block, aligned; JavaScript writes a double in one step on all that we build for.
        let turned = unsafe { AtomicU64::from_ptr(self.memory.start().as_ptr().cast::<u64>().add(TURNED)) };
        f64::from_bits(turned.load(Ordering::Relaxed)) == TICKING
    }

    /// What JavaScript does.
    #[cfg(test)]
    pub fn stage_for_test(&self, bytes: &[u8], is_ticking: bool) {
        let at = self.staged(0).len();
        assert!(at + bytes.len() <= self.memory.len() - HEADER);
        // SAFETY: inside the block, behind what is staged.
        unsafe { self.memory.start().add(HEADER + at).copy_from(NonNull::from(bytes).cast(), bytes.len()) };
        self.pending().store((at + bytes.len()) as i32, Ordering::Release);
        self.set(TURNED, if is_ticking { TICKING } else { 0.0 });
    }

    /// Whether anything is staged.
    pub fn has_pending(&self) -> bool {
        self.pending().load(Ordering::Relaxed) > 0
    }
}

/// JavaScript's share of a block: its ArrayBuffer keeps the memory after the channel is gone.
pub struct Shared(pub Arc<Staging>);

// SAFETY: the block does not move and lives as long as any share of it; it is meant to be shared.
unsafe impl Bytes for Shared {
    fn parts(&mut self) -> (*mut u8, usize) {
        (self.0.memory.start().as_ptr(), self.0.memory.len())
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
        for (pending, from, expected) in
            [(3, 0, 0..3), (0, 0, 0..0), (i32::MAX, 0, 0..8), (-5, 0, 0..0), (7, 4, 4..7), (3, 5, 0..0)]
        {
            staging.pending().store(pending, Ordering::Relaxed);
            assert_eq!(staging.staged(from), &b"abcdefgh"[expected]);
            staging.forget();
            assert!(!staging.has_pending());
        }
    }
}

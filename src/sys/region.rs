//! Growing memory for a child's output, and the way of that output into JavaScript's own memory.
//!
//! A vector that doubles copies everything it holds each time; a mapping grows by moving page tables. Fresh
//! pages cost as much as their contents, so they are made present ahead of their use, many at a time and where
//! possible while the child writes. Huge pages are not asked for: virtual machines hand free ones back to their
//! hosts, and each then takes a fault there that costs ten times what it saves here.
//!
//! At the end the bytes belong into a buffer that V8 allocated: one over foreign memory could not be transferred
//! to a worker, and its memory would be held until the event loop turns again, which in a row of synchronous
//! calls it does not. Instead of copying, whole pages are moved: V8's fresh block is anonymous memory like ours, so
//! the kernel can put our pages in the place of its untouched ones (`mremap`), and only the two ends are copied.
//! Whoever owns the block notices no difference, for it frees or unmaps addresses, not pages. With it spawnSync collects 128 MB at
//! 1,516 MB/s on Node 24, without it at 692.
//!
//! # Safety
//! The struct owns its mapping. Fresh anonymous pages read as zero, so all of the mapping counts as initialised.
#![allow(unsafe_code)]

use std::ptr::NonNull;
use std::slice;

use nix::libc;
use nix::unistd::{SysconfVar, sysconf};

use super::bytes::Bytes;
use super::mapping::{Mapping, Populate};
use crate::error::Errno;

const FIRST: usize = 128 * 1024;
/// From this size on pages are made present ahead of their use, so many bytes at a time.
const LARGE: usize = 2 * 1024 * 1024;
const AHEAD: usize = 256 * 1024;
const GRAIN: usize = 64 * 1024; // a multiple of every page size in use
/// Bytes begin here in the mapping, because in a large block of malloc they begin here in theirs: pages can be
/// moved only between equal places.
const LEAD: usize = 16;
/// Below this copying is as fast.
const WORTH_MOVING: usize = 1024 * 1024;

/// Bytes that were written so far, and room for more.
#[derive(Default)]
pub struct Region {
    /// `LEAD` bytes of it stay unused.
    mapping: Option<Mapping>,
    used: usize,
    /// Up to here pages are known to be there.
    present: usize,
}

impl Region {
    /// An empty one; maps nothing yet.
    pub fn new() -> Region {
        Region::default()
    }

    /// How many bytes were written.
    pub fn len(&self) -> usize {
        self.used
    }

    /// Nothing written?
    pub fn is_empty(&self) -> bool {
        self.used == 0
    }

    /// The bytes that were written.
    pub fn bytes(&self) -> &[u8] {
        match &self.mapping {
            // SAFETY: the first `used` bytes behind the lead.
            Some(mapping) => unsafe { slice::from_raw_parts(mapping.start().as_ptr().add(LEAD), self.used) },
            None => &[],
        }
    }

    fn size(&self) -> usize {
        self.mapping.as_ref().map_or(0, Mapping::len)
    }

    /// Room behind them, at least `least` bytes, without the pages that are not present yet.
    pub fn spare(&mut self, least: usize) -> Result<&mut [u8], Errno> {
        let needed = self.used.checked_add(LEAD + least).ok_or(Errno(libc::ENOMEM))?;
        if self.size() < needed {
            self.grow(needed)?;
        }
        let start = LEAD + self.used;
        if self.size() >= LARGE && self.present < start + least {
            // A page fault inside of `read` would hold the pipe's lock and keep its writer waiting.
            self.populate(start + least);
        }
        let end = if self.size() >= LARGE { self.present } else { self.size() };
        let base = self.mapping.as_ref().ok_or(Errno(libc::ENOMEM))?.start();
        // SAFETY: the part of the mapping behind what is used.
        Ok(unsafe { slice::from_raw_parts_mut(base.as_ptr().add(start), end - start) })
    }

    /// Makes pages present for the next `ahead` bytes. False when there was nothing to do.
    pub fn prepare(&mut self, ahead: usize) -> bool {
        let wanted = (LEAD + self.used + ahead).min(self.size());
        if self.size() < LARGE || self.present >= wanted {
            return false;
        }
        self.populate(wanted);
        true
    }

    fn populate(&mut self, to: usize) {
        let from = self.present.max((LEAD + self.used) / GRAIN * GRAIN);
        self.present = to.next_multiple_of(AHEAD).min(self.size());
        if let Some(mapping) = &self.mapping
            && from < self.present
        {
            // Where it cannot be done they come when they are touched.
            let _ = mapping.populate(from, self.present - from, Populate::Write);
        }
    }

    /// Counts `written` bytes of the spare room as used.
    pub fn advance(&mut self, written: usize) {
        self.used = (self.used + written).min(self.size().saturating_sub(LEAD));
    }

    fn grow(&mut self, needed: usize) -> Result<(), Errno> {
        // Doubling keeps the number of system calls small. Untouched pages cost nothing.
        let size = needed.max(self.size() * 2).max(FIRST);
        let size = size.checked_next_multiple_of(GRAIN).ok_or(Errno(libc::ENOMEM))?;
        match &mut self.mapping {
            Some(mapping) => mapping.grow(size),
            None => {
                self.mapping = Some(Mapping::anonymous(size)?);
                Ok(())
            }
        }
    }

    /// Moves the bytes into a block of the same length.
    ///
    /// # Safety
    /// `block` is private anonymous memory, `used` bytes long and in nobody else's use; what it held is lost.
    pub unsafe fn move_into(self, block: NonNull<u8>) {
        let Some(mapping) = self.mapping else { return };
        let used = self.used;
        // SAFETY: inside the mapping.
        let bytes = unsafe { mapping.start().add(LEAD) };
        let page = page_size();
        let head = block.as_ptr().align_offset(page);
        let whole = used.saturating_sub(head) / page * page;
        let rest = head + whole;
        let alike = block.addr().get() % page == bytes.addr().get() % page;
        // SAFETY: both blocks are `used` bytes long, and `rest` lies within. The pages in between begin at page boundaries on both sides.
        unsafe {
            if !alike || used < WORTH_MOVING {
                return block.copy_from_nonoverlapping(bytes, used);
            }
            block.copy_from_nonoverlapping(bytes, head);
            block.add(rest).copy_from_nonoverlapping(bytes.add(rest), used - rest);
            if let Err(mapping) = mapping.move_pages(LEAD + head, whole, block.add(head)) {
                let bytes = mapping.start().add(LEAD);
                block.add(head).copy_from_nonoverlapping(bytes.add(head), whole);
            }
        }
    }
}

// SAFETY: the mapping does not move with the struct, is exclusively owned and lives until the drop.
unsafe impl Bytes for Region {
    fn parts(&mut self) -> (*mut u8, usize) {
        let bytes = self.bytes();
        (bytes.as_ptr().cast_mut(), bytes.len())
    }
}

/// Is there room for so much more? Asked where a failure would end the process.
pub fn is_room_for(size: usize) -> bool {
    Mapping::anonymous(size).is_ok()
}

fn page_size() -> usize {
    sysconf(SysconfVar::PAGE_SIZE).ok().flatten().map_or(GRAIN, |size| size as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(pieces: usize) -> (Region, Vec<u8>) {
        let mut region = Region::new();
        let mut expected = Vec::new();
        for round in 0..pieces {
            let piece = vec![(round % 251) as u8; 40_000 + round];
            region.spare(piece.len()).unwrap()[..piece.len()].copy_from_slice(&piece);
            region.advance(piece.len());
            expected.extend_from_slice(&piece);
        }
        (region, expected)
    }

    #[test]
    fn bytes_survive_growth() {
        let (region, expected) = filled(200);
        assert_eq!(region.bytes(), expected);
        assert_eq!(region.len(), expected.len());
        assert!(Region::new().bytes().is_empty());
    }

    #[test]
    fn bytes_arrive_in_blocks_of_any_alignment_and_size() {
        for pieces in [0, 1, 30, 200, 400] {
            for offset in [0, 1, LEAD, 4096 - LEAD, 5000] {
                let (region, expected) = filled(pieces);
                // A mapping of its own stands for a large block of malloc.
                let size = expected.len() + 64 * 1024;
                let whole = Mapping::anonymous(size).unwrap();
                let block = whole.start();
                // SAFETY: fresh memory with room for offset and bytes.
                unsafe {
                    block.write_bytes(0xee, size);
                    let place = block.add(offset);
                    region.move_into(place);
                    assert!(slice::from_raw_parts(place.as_ptr(), expected.len()) == expected);
                    let around =
                        |from: usize, to: usize| slice::from_raw_parts(block.as_ptr().add(from), to - from);
                    assert!(around(0, offset).iter().all(|b| *b == 0xee), "nothing before the block changes");
                    assert!(
                        around(offset + expected.len(), size).iter().all(|b| *b == 0xee),
                        "nor behind it"
                    );
                }
            }
        }
    }

    #[test]
    fn impossible_sizes_are_refused() {
        assert!(Region::new().spare(usize::MAX / 2).is_err());
    }
}

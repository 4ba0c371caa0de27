//! Which pages of a shared arena are taken.
//!
//! The arena carries few, large blocks at a time, so two ordered maps serve: what is free, by its first page, with
//! neighbours always joined; and what is taken. Blocks are placed first fit from the front, which uses the same, warm
//! pages again and again. A block is given back by the peer that has read it, in a message that may be
//! forged: only the first page of a taken block is accepted, and a lie frees what the liar itself was to read.

use std::collections::BTreeMap;

/// The unit of blocks, in bytes.
pub const PAGE: usize = 4096;

/// See the module's text.
pub struct Blocks {
    free: BTreeMap<u32, u32>,
    taken: BTreeMap<u32, u32>,
    held: u32,
}

/// How many pages so many bytes take; none take one.
pub fn pages(bytes: usize) -> Option<u32> {
    u32::try_from(bytes.div_ceil(PAGE).max(1)).ok()
}

impl Blocks {
    /// An arena of so many pages, all free.
    pub fn new(pages: u32) -> Blocks {
        let free = if pages > 0 { BTreeMap::from([(0, pages)]) } else { BTreeMap::new() };
        Blocks { free, taken: BTreeMap::new(), held: 0 }
    }

    /// How many pages are taken.
    pub fn held(&self) -> u32 {
        self.held
    }

    /// Takes neighbouring pages; the first of them, or None where there are not so many.
    pub fn take(&mut self, pages: u32) -> Option<u32> {
        if pages == 0 {
            return None;
        }
        let (first, size) =
            self.free.iter().find(|(_, size)| **size >= pages).map(|(first, size)| (*first, *size))?;
        self.free.remove(&first);
        if size > pages {
            self.free.insert(first + pages, size - pages);
        }
        self.taken.insert(first, pages);
        self.held += pages;
        Some(first)
    }

    /// Gives the block that begins at page `first` back. False where none does.
    pub fn release(&mut self, first: u32) -> bool {
        let Some(pages) = self.taken.remove(&first) else { return false };
        self.held -= pages;
        let (mut start, mut size) = (first, pages);
        if let Some(behind) = self.free.remove(&(first + pages)) {
            size += behind;
        }
        let before = self.free.range(..first).next_back().map(|(start, size)| (*start, *size));
        if let Some((before, length)) = before
            && before + length == first
        {
            self.free.remove(&before);
            start = before;
            size += length;
        }
        self.free.insert(start, size);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn blocks_are_placed_from_the_front_and_joined_again() {
        let mut blocks = Blocks::new(10);
        assert_eq!((blocks.take(4), blocks.take(4), blocks.take(4)), (Some(0), Some(4), None));
        assert_eq!((blocks.take(2), blocks.take(1)), (Some(8), None));
        assert!(blocks.release(4));
        assert_eq!(blocks.take(3), Some(4));
        assert!(blocks.release(0) && blocks.release(8) && blocks.release(4));
        assert_eq!((blocks.held(), blocks.take(10)), (0, Some(0)));
    }

    #[test]
    fn forged_releases_are_refused() {
        let mut blocks = Blocks::new(10);
        assert_eq!(blocks.take(4), Some(0));
        for lie in [1, 4, 9, 10, u32::MAX] {
            assert!(!blocks.release(lie), "{lie}");
        }
        assert!(blocks.release(0));
        assert!(!blocks.release(0));
        assert_eq!(Blocks::new(0).take(1), None);
        assert_eq!(blocks.take(0), None);
    }

    #[test]
    fn bytes_are_counted_in_whole_pages() {
        assert_eq!((pages(0), pages(1), pages(PAGE), pages(PAGE + 1)), (Some(1), Some(1), Some(1), Some(2)));
    }

    proptest! {
        #[test]
        fn blocks_never_overlap_and_nothing_is_lost(
            size in 1u32..64,
            steps in prop::collection::vec((any::<bool>(), 0u32..80), 0..200),
        ) {
            let mut blocks = Blocks::new(size);
            let mut owner = vec![None; size as usize];
            for (is_take, number) in steps {
                if is_take {
                    let fits = number > 0 && owner.windows(number as usize).any(|run| run.iter().all(Option::is_none));
                    let first = blocks.take(number);
                    prop_assert_eq!(first.is_some(), fits);
                    if let Some(first) = first {
                        for page in &mut owner[first as usize..(first + number) as usize] {
                            prop_assert_eq!(*page, None);
                            *page = Some(first);
                        }
                    }
                } else {
                    let is_taken = owner.get(number as usize).copied().flatten() == Some(number);
                    prop_assert_eq!(blocks.release(number), is_taken);
                    if is_taken {
                        owner.iter_mut().filter(|page| **page == Some(number)).for_each(|page| *page = None);
                    }
                }
                prop_assert_eq!(blocks.held() as usize, owner.iter().flatten().count());
            }
            for first in 0..size {
                blocks.release(first);
            }
            prop_assert_eq!(blocks.take(size), Some(0));
        }
    }
}

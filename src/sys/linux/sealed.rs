//! Memory that two processes share and neither can take away from the other.
//!
//! A mapped file may be cut short, or holes punched into it, by whoever holds its descriptor; touching what is gone is
//! SIGBUS. So the maker of such memory seals it, and the other side believes nothing but the seals: not to be shrunk,
//! and not to be written by anybody but through the maker's mapping of it, which also rules out holes
//! (`F_SEAL_FUTURE_WRITE`, Linux 5.1). Each side makes pages present through its own mapping before it touches them
//! (`MADV_POPULATE_*`, Linux 5.14), which fails with an errno where touching them would have been
//! a signal: the maker all at once, the other side those of each block that it reads, for pages that the maker never wrote to would
//! be allocated at the reader's cost. Older kernels do without shared memory.
//!
//! # Safety
//! Every mapping made here is owned by the [`Mapping`] that is returned.
#![allow(unsafe_code)]

use std::ffi::CStr;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::ptr::{NonNull, null_mut};

use nix::libc;
use nix::sys::stat::fstat;
use nix::sys::statfs::{TMPFS_MAGIC, fstatfs};

use super::memfd;
use crate::error::Errno;
use crate::sys::mapping::{Mapping, Span};

const SEALS: i32 = libc::F_SEAL_SHRINK | libc::F_SEAL_GROW | libc::F_SEAL_FUTURE_WRITE | libc::F_SEAL_SEAL;
const ENOUGH_SEALS: i32 = libc::F_SEAL_SHRINK | libc::F_SEAL_FUTURE_WRITE;
const NAME: &CStr = c"rs-child-process";

/// New memory, mapped to be written here, and the descriptor by which another process maps it to read.
pub fn create(size: usize) -> Result<(OwnedFd, Mapping), Errno> {
    let fd = memfd::create(NAME)?;
    let length = libc::off_t::try_from(size).map_err(|_| Errno(libc::EINVAL))?;
    // SAFETY: sets the size of our own fresh file.
    check(unsafe { libc::ftruncate(fd.as_raw_fd(), length) })?;
    let mapping = map(&fd, size, libc::PROT_READ | libc::PROT_WRITE)?;
    if let Some(all) = mapping.span(0, size) {
        populate(all, libc::MADV_POPULATE_WRITE)?;
    }
    // SAFETY: a flag operation on our own file.
    check(unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_ADD_SEALS, SEALS) })?;
    Ok((fd, mapping))
}

/// The memory of another process, to be read. EPERM where it could be taken away, EINVAL where it is something else.
pub fn open(fd: BorrowedFd<'_>, size: usize) -> Result<Borrowed, Errno> {
    // SAFETY: asks for flags; fails on what cannot be sealed.
    let seals = unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_GET_SEALS) };
    if check(seals)? & ENOUGH_SEALS != ENOUGH_SEALS {
        return Err(Errno(libc::EPERM));
    }
    let length = fstat(fd)?.st_size;
    // Huge pages of their own (hugetlbfs) can be sealed too, but are refused: they have other rules.
    if fstatfs(fd)?.filesystem_type() != TMPFS_MAGIC || u64::try_from(length) != Ok(size as u64) {
        return Err(Errno(libc::EINVAL));
    }
    let mapping = map(&fd, size, libc::PROT_READ)?;
    // Whether this kernel can, before anybody relies on it; no range has no page.
    if let Some(none) = mapping.span(0, 0) {
        populate(none, libc::MADV_POPULATE_READ)?;
    }
    Ok(Borrowed { mapping, present: vec![false; size.div_ceil(STEP)] })
}

/// So much is made present at a time.
const STEP: usize = 64 * 1024;

/// The memory of another process, mapped here.
#[derive(Debug)]
pub struct Borrowed {
    mapping: Mapping,
    /// Which steps are.
    present: Vec<bool>,
}

impl Borrowed {
    /// A part of it, to be read; None where that is not inside, or cannot be had.
    pub fn span(&mut self, offset: usize, length: usize) -> Option<Span<'_>> {
        let span = self.mapping.span(offset, length)?;
        let steps = offset / STEP..(offset + length).div_ceil(STEP);
        if self.present[steps.clone()].contains(&false) {
            let from = steps.start * STEP;
            let whole = self.mapping.span(from, (steps.end * STEP).min(self.mapping.len()) - from)?;
            populate(whole, libc::MADV_POPULATE_READ).ok()?;
            self.present[steps].fill(true);
        }
        Some(span)
    }
}

/// Makes pages present. The span begins with one.
fn populate(pages: Span<'_>, how: i32) -> Result<(), Errno> {
    loop {
        // SAFETY: faults pages of our own mapping in.
        match check(unsafe { libc::madvise(pages.start().cast(), pages.len(), how) }) {
            Ok(_) => return Ok(()),
            Err(Errno(libc::EINTR)) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Maps all of the file.
fn map(fd: &impl AsRawFd, size: usize, access: i32) -> Result<Mapping, Errno> {
    // SAFETY: a fresh mapping at an address of the kernel's choice.
    let base = unsafe { libc::mmap(null_mut(), size, access, libc::MAP_SHARED, fd.as_raw_fd(), 0) };
    if base == libc::MAP_FAILED {
        return Err(Errno::last());
    }
    let base = NonNull::new(base.cast()).ok_or(Errno(libc::ENOMEM))?;
    // SAFETY: the mapping made above, with its whole size.
    Ok(unsafe { Mapping::own(base, size) })
}

fn check(result: i32) -> Result<i32, Errno> {
    if result < 0 { Err(Errno::last()) } else { Ok(result) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsFd;

    const SIZE: usize = 64 * 1024;

    #[test]
    fn what_is_written_on_one_side_is_read_on_the_other() {
        let (fd, ours) = create(SIZE).unwrap();
        let mut theirs = open(fd.as_fd(), SIZE).unwrap();
        assert!(ours.span(4096, 5).unwrap().write(b"hello"));
        let mut copy = [0; 5];
        theirs.span(4096, 5).unwrap().read(&mut copy);
        assert_eq!(&copy, b"hello");
    }

    #[test]
    fn pages_that_nobody_wrote_cost_the_reader_no_more_than_it_reads() {
        const LARGE: usize = 64 * 1024 * 1024;
        let fd = memfd::create(NAME).unwrap();
        // SAFETY: our own file.
        unsafe {
            assert_eq!(libc::ftruncate(fd.as_raw_fd(), LARGE as i64), 0);
            assert_eq!(libc::fcntl(fd.as_raw_fd(), libc::F_ADD_SEALS, SEALS), 0);
        }
        let allocated = || fstat(&fd).unwrap().st_blocks as usize * 512;
        let mut theirs = open(fd.as_fd(), LARGE).unwrap();
        assert_eq!(allocated(), 0);
        let mut copy = vec![1; 100_000];
        theirs.span(LARGE / 2 + 4096, 100_000).unwrap().read(&mut copy);
        assert!(copy.iter().all(|byte| *byte == 0));
        // Where the host gives huge pages to shared memory one of these is the least.
        assert!(allocated() <= 4 * 1024 * 1024, "{}", allocated());
        assert!(theirs.span(LARGE - 4096, 4096).is_some());
        assert!(theirs.span(LARGE, 0).is_some() && theirs.span(LARGE - 4096, 4097).is_none());
    }

    #[test]
    fn nobody_can_take_the_memory_away_or_write_to_it() {
        let (fd, _mapping) = create(SIZE).unwrap();
        let raw = fd.as_raw_fd();
        // SAFETY: calls on our own file, all of which must fail.
        unsafe {
            assert!(libc::ftruncate(raw, 0) < 0);
            assert!(libc::ftruncate(raw, 2 * SIZE as i64) < 0);
            let hole = libc::FALLOC_FL_PUNCH_HOLE | libc::FALLOC_FL_KEEP_SIZE;
            assert!(libc::fallocate(raw, hole, 0, SIZE as i64) < 0);
            assert!(libc::write(raw, b"x".as_ptr().cast(), 1) < 0);
            let access = libc::PROT_READ | libc::PROT_WRITE;
            assert_eq!(libc::mmap(null_mut(), SIZE, access, libc::MAP_SHARED, raw, 0), libc::MAP_FAILED);
        }
    }

    #[test]
    fn memory_that_could_go_is_not_mapped() {
        let open_sized = |fd: &OwnedFd| open(fd.as_fd(), SIZE).unwrap_err();
        let plain = memfd::create(NAME).unwrap();
        // SAFETY: our own files.
        unsafe { libc::ftruncate(plain.as_raw_fd(), SIZE as i64) };
        assert_eq!(open_sized(&plain), Errno(libc::EPERM));
        // SAFETY: as above.
        unsafe { libc::fcntl(plain.as_raw_fd(), libc::F_ADD_SEALS, libc::F_SEAL_SHRINK) };
        assert_eq!(open_sized(&plain), Errno(libc::EPERM));
        let (small, _mapping) = create(SIZE / 2).unwrap();
        assert_eq!(open_sized(&small), Errno(libc::EINVAL));
        let file: OwnedFd = std::fs::File::open("/proc/self/exe").unwrap().into();
        assert_eq!(open_sized(&file), Errno(libc::EINVAL));
    }
}

//! Memory that processes share and nobody can take away: memfds with seals.
//!
//! Touching a page that a mapped file no longer has is SIGBUS, and whoever holds the descriptor of a file may cut it short or punch holes
//! into it. So the maker seals the file, and the receiver believes nothing but the seals ([`check`]): the size is final, for every holder, the
//! maker included. The file must be of tmpfs, because huge pages come from a pool that may be empty when they are touched: SIGBUS again.
//!
//! There are two kinds:
//! - `sharedMemory()`: all holders read and write ([`make_shared`], [`SharedPages`]). What is in the pages is the holders' own affair.
//! - the arena of a channel: only the maker writes, through the mapping that it made before it sealed ([`make_outgoing`], [`Incoming`]). That
//!   also rules out holes (`F_SEAL_FUTURE_WRITE`, Linux 5.1). Its pages are made present before they are touched (Linux 5.14): the receiver does
//!   not know whether the maker ever allocated them, and a lack of memory is an error then and no signal. Older kernels do without it.
//!
//! The maker allocates all pages at once and so learns of a lack of memory by an error.
//!
//! # Safety
//! No unsafe code but that which gives [`SharedPages`] to JavaScript, whose memory model allows for other writers.
#![allow(unsafe_code)]

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use nix::fcntl::{FallocateFlags, FcntlArg, SealFlag, fallocate, fcntl};
use nix::libc;
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::mman::ProtFlags;
use nix::sys::stat::fstat;
use nix::sys::statfs::{TMPFS_MAGIC, fstatfs};
use nix::sys::uio::pwrite;
use nix::unistd::ftruncate;

use crate::error::Errno;
use crate::sys::bytes::Bytes;
use crate::sys::mapping::{Mapping, Populate, Span};

/// Memory that all holders may write to.
const SHARED: SealFlag = SealFlag::F_SEAL_SHRINK.union(SealFlag::F_SEAL_GROW).union(SealFlag::F_SEAL_SEAL);
/// Memory that its maker alone writes to.
const OUTGOING: SealFlag = SHARED.union(SealFlag::F_SEAL_FUTURE_WRITE);
const READ: ProtFlags = ProtFlags::PROT_READ;
const READ_WRITE: ProtFlags = ProtFlags::PROT_READ.union(ProtFlags::PROT_WRITE);
/// MFD_NOEXEC_SEAL of Linux 6.3, which warns in its log where neither this nor its opposite is said.
const NOEXEC: MFdFlags = MFdFlags::from_bits_retain(8);

/// So many bytes are allocated, or made present, at a time.
const STEP: usize = 64 * 1024;

/// What a sealed file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The device and the inode: the same for every descriptor of these pages.
    pub device: u64,
    /// See `device`.
    pub inode: u64,
    /// Its size for ever.
    pub size: u64,
}

/// An empty file that can be sealed. Its name shows in /proc alone.
fn create(name: &str) -> Result<OwnedFd, Errno> {
    let flags = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING;
    match memfd_create(name, flags | NOEXEC) {
        Err(nix::errno::Errno::EINVAL) => Ok(memfd_create(name, flags)?),
        created => Ok(created?),
    }
}

/// A file of `size` bytes, all of them allocated and zero, not sealed yet.
fn allocated(name: &str, size: u64) -> Result<OwnedFd, Errno> {
    let size = libc::off_t::try_from(size).map_err(|_| Errno(libc::ENOMEM))?;
    let fd = create(name)?;
    retried(|| ftruncate(&fd, size))?;
    let by_call = |at, length| fallocate(&fd, FallocateFlags::empty(), at, length);
    let allocated = match in_steps(size, by_call) {
        Err(Errno(libc::EPERM | libc::EACCES | libc::ENOSYS)) => {
            in_steps(size, |at, length| write_zeros(&fd, at, length))
        }
        allocated => allocated,
    };
    allocated.map_err(|error| match error {
        // There is no device, and nothing that a caller could tell apart.
        Errno(libc::ENOSPC | libc::EFBIG) => Errno(libc::ENOMEM),
        other => other,
    })?;
    Ok(fd)
}

/// Calls `allocate` for one step after the other. A signal ends `fallocate` early, and what it had done is undone (Linux before 6.9): for all
/// bytes at once it would never come to its end in a process with a profiler, whose signals come every millisecond.
fn in_steps(
    size: libc::off_t,
    allocate: impl Fn(libc::off_t, libc::off_t) -> nix::Result<()>,
) -> Result<(), Errno> {
    (0..size).step_by(STEP).try_for_each(|at| retried(|| allocate(at, (size - at).min(STEP as libc::off_t))))
}

/// Allocates a step where a sandbox refuses the call that is made for it.
fn write_zeros(fd: &OwnedFd, at: libc::off_t, length: libc::off_t) -> nix::Result<()> {
    let zeros = [0; STEP];
    let mut done = 0;
    while done < length as usize {
        done += pwrite(fd, &zeros[done..length as usize], at + done as libc::off_t)?;
    }
    Ok(())
}

fn retried(call: impl Fn() -> nix::Result<()>) -> Result<(), Errno> {
    loop {
        match call() {
            Err(nix::errno::Errno::EINTR) => {}
            result => return Ok(result?),
        }
    }
}

fn seal(fd: &OwnedFd, seals: SealFlag) -> Result<(), Errno> {
    fcntl(fd, FcntlArg::F_ADD_SEALS(seals))?;
    Ok(())
}

/// Makes sure that mapping the file of a stranger is safe. EPERM where a seal is missing, EINVAL where it is no memfd or has no page.
fn check(fd: BorrowedFd<'_>, seals: SealFlag) -> Result<Identity, Errno> {
    let found = SealFlag::from_bits_retain(fcntl(fd, FcntlArg::F_GET_SEALS)?);
    if !found.contains(seals) {
        return Err(Errno(libc::EPERM));
    }
    let stat = fstat(fd)?;
    if fstatfs(fd)?.filesystem_type() != TMPFS_MAGIC || stat.st_size <= 0 {
        return Err(Errno(libc::EINVAL));
    }
    Ok(Identity { device: stat.st_dev, inode: stat.st_ino, size: stat.st_size as u64 })
}

/// Zeroed memory of `size` bytes that all holders may write to.
pub fn make_shared(size: u64) -> Result<OwnedFd, Errno> {
    let fd = allocated("rs-child-process.shared", size)?;
    seal(&fd, SHARED)?;
    Ok(fd)
}

/// What such memory is, once it is certain that it can be mapped.
pub fn identity(fd: BorrowedFd<'_>) -> Result<Identity, Errno> {
    check(fd, SHARED)
}

/// Such memory in this process, for JavaScript; unmapped when dropped.
#[derive(Debug)]
pub struct SharedPages(Mapping);

impl SharedPages {
    /// Maps all of it, once it is checked. ENOMEM where it has more than `most` bytes.
    pub fn of(fd: BorrowedFd<'_>, most: u64) -> Result<SharedPages, Errno> {
        let size = check(fd, SHARED)?.size;
        let length = usize::try_from(size).ok().filter(|_| size <= most).ok_or(Errno(libc::ENOMEM))?;
        Ok(SharedPages(Mapping::of_file(fd, length, READ_WRITE)?))
    }
}

// SAFETY: the mapping stays where it is until it is dropped, and sharing is what it is for.
unsafe impl Bytes for SharedPages {
    fn parts(&mut self) -> (*mut u8, usize) {
        (self.0.start().as_ptr(), self.0.len())
    }
}

/// New memory that only this mapping of it is written through, and the descriptor by which another process maps it to read.
pub fn make_outgoing(size: usize) -> Result<(OwnedFd, Mapping), Errno> {
    let fd = allocated("rs-child-process", size as u64)?;
    let mapping = Mapping::of_file(fd.as_fd(), size, READ_WRITE)?;
    // All at once, which costs less than one by one; and it is known whether this kernel can do what the receiver needs.
    mapping.populate(0, size, Populate::Write)?;
    seal(&fd, OUTGOING)?;
    Ok((fd, mapping))
}

/// The outgoing memory of another process, mapped here to be read.
#[derive(Debug)]
pub struct Incoming {
    mapping: Mapping,
    /// Which steps are present.
    present: Vec<bool>,
}

impl Incoming {
    /// Maps it, once it is checked. EINVAL also where it is not `size` bytes long.
    pub fn of(fd: BorrowedFd<'_>, size: usize) -> Result<Incoming, Errno> {
        if check(fd, OUTGOING)?.size != size as u64 {
            return Err(Errno(libc::EINVAL));
        }
        let mapping = Mapping::of_file(fd, size, READ)?;
        // Whether this kernel can, before anybody relies on it; an empty range has no page.
        mapping.populate(0, 0, Populate::Read)?;
        Ok(Incoming { mapping, present: vec![false; size.div_ceil(STEP)] })
    }

    /// A part of it; None where that is not inside, or there is no memory for it.
    pub fn span(&mut self, offset: usize, length: usize) -> Option<Span<'_>> {
        let span = self.mapping.span(offset, length)?;
        let steps = offset / STEP..(offset + length).div_ceil(STEP);
        if self.present[steps.clone()].contains(&false) {
            let from = steps.start * STEP;
            let end = (steps.end * STEP).min(self.mapping.len());
            self.mapping.populate(from, end - from, Populate::Read).ok()?;
            self.present[steps].fill(true);
        }
        Some(span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: usize = 64 * 1024;

    fn truncated(size: usize) -> OwnedFd {
        let fd = create("rs-child-process test").unwrap();
        ftruncate(&fd, size as i64).unwrap();
        fd
    }

    #[test]
    fn two_mappings_have_the_same_pages_and_the_size_is_final() {
        let fd = make_shared(10_000).unwrap();
        let found = identity(fd.as_fd()).unwrap();
        assert_eq!(found.size, 10_000);
        assert_eq!(identity(fd.try_clone().unwrap().as_fd()).unwrap(), found);
        let (mut one, mut two) =
            (SharedPages::of(fd.as_fd(), 10_000).unwrap(), SharedPages::of(fd.as_fd(), u64::MAX).unwrap());
        let ((a, size), (b, _)) = (one.parts(), two.parts());
        assert!(size == 10_000 && a != b);
        // SAFETY: inside the mappings, whose pages nobody else has.
        unsafe {
            assert_eq!(b.add(9_999).read_volatile(), 0);
            a.add(9_999).write_volatile(7);
            assert_eq!(b.add(9_999).read_volatile(), 7);
        }
        for size in [0, 9_999, 10_001] {
            assert!(ftruncate(&fd, size).is_err(), "{size}");
        }
        assert_eq!(SharedPages::of(fd.as_fd(), 9_999).unwrap_err(), Errno(libc::ENOMEM));
        drop((one, two, fd));
        // SAFETY: the addresses are only asked about.
        assert_eq!(unsafe { libc::msync(a.cast(), 1, libc::MS_ASYNC) }, -1, "nothing is mapped any more");
    }

    #[test]
    fn what_is_not_sealed_or_no_memfd_is_refused() {
        let null = std::fs::File::open("/dev/null").unwrap();
        assert_eq!(identity(null.as_fd()), Err(Errno(libc::EINVAL)));
        let open = truncated(0);
        assert_eq!(identity(open.as_fd()), Err(Errno(libc::EPERM)));
        seal(&open, SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_GROW).unwrap();
        assert_eq!(identity(open.as_fd()), Err(Errno(libc::EPERM)), "the seals themselves may still change");
        seal(&open, SealFlag::F_SEAL_SEAL).unwrap();
        assert_eq!(identity(open.as_fd()), Err(Errno(libc::EINVAL)), "no page");
    }

    #[test]
    fn written_zeros_allocate_what_was_asked_for() {
        for size in [1, 4096, 64 * 1024, 200_001] {
            let fd = truncated(0);
            in_steps(size, |at, length| write_zeros(&fd, at, length)).unwrap();
            let stat = fstat(&fd).unwrap();
            assert!(stat.st_size == size && stat.st_blocks * 512 >= size);
        }
    }

    #[test]
    fn impossible_sizes_are_refused() {
        assert_eq!(make_shared(u64::MAX).unwrap_err(), Errno(libc::ENOMEM));
    }

    #[test]
    fn what_is_written_on_one_side_is_read_on_the_other() {
        let (fd, ours) = make_outgoing(SIZE).unwrap();
        let mut theirs = Incoming::of(fd.as_fd(), SIZE).unwrap();
        assert!(ours.span(4096, 5).unwrap().write(b"hello"));
        let mut copy = [0; 5];
        theirs.span(4096, 5).unwrap().read(&mut copy);
        assert_eq!(&copy, b"hello");
    }

    #[test]
    fn pages_that_nobody_wrote_cost_the_reader_no_more_than_it_reads() {
        const LARGE: usize = 64 * 1024 * 1024;
        let fd = truncated(LARGE);
        seal(&fd, OUTGOING).unwrap();
        let allocated = || fstat(&fd).unwrap().st_blocks as usize * 512;
        let mut theirs = Incoming::of(fd.as_fd(), LARGE).unwrap();
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
        let (fd, _mapping) = make_outgoing(SIZE).unwrap();
        assert!(ftruncate(&fd, 0).is_err());
        assert!(ftruncate(&fd, 2 * SIZE as i64).is_err());
        let hole = FallocateFlags::FALLOC_FL_PUNCH_HOLE | FallocateFlags::FALLOC_FL_KEEP_SIZE;
        assert!(fallocate(&fd, hole, 0, SIZE as i64).is_err());
        assert!(pwrite(&fd, b"x", 0).is_err());
        assert!(Mapping::of_file(fd.as_fd(), SIZE, READ_WRITE).is_err());
    }

    #[test]
    fn memory_that_could_go_is_not_mapped() {
        let refusal = |fd: &OwnedFd| Incoming::of(fd.as_fd(), SIZE).unwrap_err();
        let plain = truncated(SIZE);
        assert_eq!(refusal(&plain), Errno(libc::EPERM));
        seal(&plain, SealFlag::F_SEAL_SHRINK).unwrap();
        assert_eq!(refusal(&plain), Errno(libc::EPERM));
        assert_eq!(refusal(&make_shared(SIZE as u64).unwrap()), Errno(libc::EPERM), "others may write to it");
        let (small, _mapping) = make_outgoing(SIZE / 2).unwrap();
        assert_eq!(refusal(&small), Errno(libc::EINVAL));
        let file: OwnedFd = std::fs::File::open("/proc/self/exe").unwrap().into();
        assert_eq!(refusal(&file), Errno(libc::EINVAL));
    }
}

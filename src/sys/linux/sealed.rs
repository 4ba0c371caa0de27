//! Memory that two processes share and neither can take away from the other.
//!
//! A mapped file may be cut short, or holes punched into it, by whoever holds its descriptor; touching what is gone is
//! SIGBUS. So the maker of such memory seals it, and the other side believes nothing but the seals: not to be shrunk,
//! and not to be written by anybody but through the maker's mapping of it, which also rules out holes
//! (`F_SEAL_FUTURE_WRITE`, Linux 5.1). Each side then makes every page present through its own mapping
//! (`MADV_POPULATE_*`, Linux 5.14), which fails with an errno where touching them later would have been
//! a signal. Older kernels do without shared memory.
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
use crate::sys::mapping::Mapping;

const SEALS: i32 = libc::F_SEAL_SHRINK | libc::F_SEAL_GROW | libc::F_SEAL_FUTURE_WRITE | libc::F_SEAL_SEAL;
const ENOUGH_SEALS: i32 = libc::F_SEAL_SHRINK | libc::F_SEAL_FUTURE_WRITE;
const NAME: &CStr = c"rs-child-process";

/// New memory, mapped to be written here, and the descriptor by which another process maps it to read.
pub fn create(size: usize) -> Result<(OwnedFd, Mapping), Errno> {
    let fd = memfd::create(NAME)?;
    let length = libc::off_t::try_from(size).map_err(|_| Errno(libc::EINVAL))?;
    // SAFETY: sets the size of our own fresh file.
    check(unsafe { libc::ftruncate(fd.as_raw_fd(), length) })?;
    let mapping = map(&fd, size, libc::PROT_READ | libc::PROT_WRITE, libc::MADV_POPULATE_WRITE)?;
    // SAFETY: a flag operation on our own file.
    check(unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_ADD_SEALS, SEALS) })?;
    Ok((fd, mapping))
}

/// The memory of another process, to be read. EPERM where it could be taken away, EINVAL where it is something else.
pub fn open(fd: BorrowedFd<'_>, size: usize) -> Result<Mapping, Errno> {
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
    map(&fd, size, libc::PROT_READ, libc::MADV_POPULATE_READ)
}

/// Maps all of the file and makes every page present.
fn map(fd: &impl AsRawFd, size: usize, access: i32, populate: i32) -> Result<Mapping, Errno> {
    // SAFETY: a fresh mapping at an address of the kernel's choice.
    let base = unsafe { libc::mmap(null_mut(), size, access, libc::MAP_SHARED, fd.as_raw_fd(), 0) };
    if base == libc::MAP_FAILED {
        return Err(Errno::last());
    }
    let base = NonNull::new(base.cast()).ok_or(Errno(libc::ENOMEM))?;
    // SAFETY: the mapping made above, with its whole size.
    let mapping = unsafe { Mapping::own(base, size) };
    loop {
        // SAFETY: faults pages of our own mapping in.
        match check(unsafe { libc::madvise(base.as_ptr().cast(), size, populate) }) {
            Ok(_) => return Ok(mapping),
            Err(Errno(libc::EINTR | libc::EAGAIN)) => {}
            Err(error) => return Err(error),
        }
    }
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
        let theirs = open(fd.as_fd(), SIZE).unwrap();
        assert!(ours.span(4096, 5).unwrap().write(b"hello"));
        let mut copy = [0; 5];
        theirs.span(4096, 5).unwrap().read(&mut copy);
        assert_eq!(&copy, b"hello");
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

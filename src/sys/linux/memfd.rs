//! Pages that several processes map: a memfd, sealed so that nobody can take pages away from under a mapping.
//!
//! Reading a page behind the end of a file is SIGBUS, so whoever maps a file of somebody else depends on its size. The
//! seals make the size final for every holder, the maker included; the receiver checks them, and that the file is of
//! tmpfs (huge pages come from a pool that may be empty when they are touched: SIGBUS again). The maker allocates all
//! pages at once and so learns of a lack of memory by an error. What is in the pages is the holders' own affair.
//!
//! # Safety
//! A [`SharedPages`] owns its addresses. Other processes write to the pages at any time: only JavaScript, whose memory model
//! allows for that, gets to see them.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_int};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::ptr::{NonNull, null_mut};

use nix::libc;

use crate::error::Errno;
use crate::sys::node_api::Bytes;

const SEALS: c_int = libc::F_SEAL_SHRINK | libc::F_SEAL_GROW | libc::F_SEAL_SEAL;
/// MFD_NOEXEC_SEAL of Linux 6.3, which warns in its log where neither this nor its opposite is said.
const NOEXEC: libc::c_uint = 8;

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

/// An empty file that can be sealed. `name` shows in /proc alone.
pub fn create(name: &CStr) -> Result<OwnedFd, Errno> {
    let flags = libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING;
    let create = |flags| {
        // SAFETY: a C string; the result is a new descriptor or -1.
        match unsafe { libc::memfd_create(name.as_ptr(), flags) } {
            -1 => Err(Errno::last()),
            // SAFETY: as above; nobody else has it.
            fd => Ok(unsafe { OwnedFd::from_raw_fd(fd) }),
        }
    };
    match create(flags | NOEXEC) {
        Err(Errno(libc::EINVAL)) => create(flags),
        other => other,
    }
}

/// A file of `size` bytes, all of them allocated and zero, sealed.
pub fn make(name: &CStr, size: u64) -> Result<OwnedFd, Errno> {
    let size = libc::off_t::try_from(size).map_err(|_| Errno(libc::ENOMEM))?;
    let fd = create(name)?;
    let raw = fd.as_raw_fd();
    // SAFETY: plain calls on our own descriptor.
    retried(|| unsafe { libc::ftruncate(raw, size) })?;
    // SAFETY: as above.
    let allocated = match retried(|| unsafe { libc::fallocate(raw, 0, 0, size) }) {
        Err(Errno(libc::EPERM | libc::EACCES | libc::ENOSYS)) => write_zeros(fd.as_fd(), size),
        allocated => allocated,
    };
    allocated.map_err(|error| match error {
        // There is no device, and nothing that a caller could tell apart.
        Errno(libc::ENOSPC | libc::EFBIG) => Errno(libc::ENOMEM),
        other => other,
    })?;
    // SAFETY: as above.
    retried(|| unsafe { libc::fcntl(raw, libc::F_ADD_SEALS, SEALS) })?;
    Ok(fd)
}

/// Makes sure that mapping the file of a stranger is safe; EPERM where it is not sealed, EINVAL where it is no memfd.
pub fn check_seals(fd: BorrowedFd<'_>) -> Result<Identity, Errno> {
    let raw = fd.as_raw_fd();
    // SAFETY: a query.
    let seals = unsafe { libc::fcntl(raw, libc::F_GET_SEALS) };
    if seals < 0 {
        return Err(Errno::last());
    }
    if seals & SEALS != SEALS {
        return Err(Errno(libc::EPERM));
    }
    let kind = nix::sys::statfs::fstatfs(fd)?.filesystem_type();
    let stat = nix::sys::stat::fstat(fd)?;
    if kind != nix::sys::statfs::TMPFS_MAGIC || stat.st_size <= 0 {
        return Err(Errno(libc::EINVAL));
    }
    Ok(Identity { device: stat.st_dev, inode: stat.st_ino, size: stat.st_size as u64 })
}

/// Allocates pages where a sandbox refuses the call that is made for it.
fn write_zeros(fd: BorrowedFd<'_>, size: libc::off_t) -> Result<(), Errno> {
    let zeros = [0; 64 * 1024];
    let mut at = 0;
    while at < size {
        let rest = usize::try_from(size - at).unwrap_or(usize::MAX);
        match nix::sys::uio::pwrite(fd, &zeros[..rest.min(zeros.len())], at) {
            Ok(written) => at += written as libc::off_t,
            Err(nix::errno::Errno::EINTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    Ok(())
}

fn retried(call: impl Fn() -> c_int) -> Result<(), Errno> {
    loop {
        if call() >= 0 {
            return Ok(());
        }
        match Errno::last() {
            Errno(libc::EINTR) => {}
            error => return Err(error),
        }
    }
}

/// The pages in this process; unmapped when dropped.
#[derive(Debug)]
pub struct SharedPages {
    start: NonNull<u8>,
    size: usize,
}

// SAFETY: addresses have no tie to the thread that mapped them.
unsafe impl Send for SharedPages {}

impl SharedPages {
    /// Maps all of a file, whose seals are checked here; ENOMEM where it has more than `most` bytes.
    pub fn of(fd: BorrowedFd<'_>, most: u64) -> Result<SharedPages, Errno> {
        let identity = check_seals(fd)?;
        let size = usize::try_from(identity.size).map_err(|_| Errno(libc::ENOMEM))?;
        if identity.size > most {
            return Err(Errno(libc::ENOMEM));
        }
        let access = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: a fresh mapping at an address of the kernel's choice, over a file that keeps its size.
        let start = unsafe { libc::mmap(null_mut(), size, access, libc::MAP_SHARED, fd.as_raw_fd(), 0) };
        if start == libc::MAP_FAILED {
            return Err(Errno::last());
        }
        Ok(SharedPages { start: NonNull::new(start.cast()).ok_or(Errno(libc::ENOMEM))?, size })
    }
}

// SAFETY: the mapping stays where it is until it is dropped, and sharing is what it is for.
unsafe impl Bytes for SharedPages {
    fn parts(&mut self) -> (*mut u8, usize) {
        (self.start.as_ptr(), self.size)
    }
}

impl Drop for SharedPages {
    fn drop(&mut self) {
        // SAFETY: our own mapping; whoever had its address has given it up.
        unsafe { libc::munmap(self.start.as_ptr().cast(), self.size) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_mappings_have_the_same_pages_and_the_size_is_final() {
        let fd = make(c"rs-child-process test", 10_000).unwrap();
        let identity = check_seals(fd.as_fd()).unwrap();
        assert_eq!(identity.size, 10_000);
        assert_eq!(check_seals(fd.try_clone().unwrap().as_fd()).unwrap(), identity);
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
            // SAFETY: a plain call on our own descriptor.
            assert_eq!(unsafe { libc::ftruncate(fd.as_raw_fd(), size) }, -1, "{size}");
        }
        assert_eq!(SharedPages::of(fd.as_fd(), 9_999).unwrap_err(), Errno(libc::ENOMEM));
        drop((one, two, fd));
        // SAFETY: the addresses are only asked about.
        assert_eq!(unsafe { libc::msync(a.cast(), 1, libc::MS_ASYNC) }, -1, "nothing is mapped any more");
    }

    #[test]
    fn what_is_not_sealed_or_no_memfd_is_refused() {
        let null = std::fs::File::open("/dev/null").unwrap();
        assert_eq!(check_seals(null.as_fd()), Err(Errno(libc::EINVAL)));
        // SAFETY: a new descriptor or -1, which from_raw_fd would refuse.
        let open = unsafe {
            OwnedFd::from_raw_fd(libc::memfd_create(
                c"rs-child-process test".as_ptr(),
                libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING,
            ))
        };
        assert_eq!(check_seals(open.as_fd()), Err(Errno(libc::EPERM)));
        // SAFETY: plain calls on our own descriptor.
        unsafe { libc::fcntl(open.as_raw_fd(), libc::F_ADD_SEALS, libc::F_SEAL_SHRINK | libc::F_SEAL_GROW) };
        assert_eq!(
            check_seals(open.as_fd()),
            Err(Errno(libc::EPERM)),
            "the seals themselves may still change"
        );
        // SAFETY: as above.
        unsafe { libc::fcntl(open.as_raw_fd(), libc::F_ADD_SEALS, libc::F_SEAL_SEAL) };
        assert_eq!(check_seals(open.as_fd()), Err(Errno(libc::EINVAL)), "no page");
    }

    #[test]
    fn written_zeros_allocate_what_was_asked_for() {
        for size in [1, 4096, 64 * 1024, 200_001] {
            let fd = create(c"rs-child-process test").unwrap();
            write_zeros(fd.as_fd(), size).unwrap();
            let stat = nix::sys::stat::fstat(&fd).unwrap();
            assert!(stat.st_size == size && stat.st_blocks * 512 >= size);
        }
    }

    #[test]
    fn impossible_sizes_are_refused() {
        assert_eq!(make(c"rs-child-process test", u64::MAX).unwrap_err(), Errno(libc::ENOMEM));
    }
}

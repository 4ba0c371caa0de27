//! Mapped memory: whole pages that are this process's alone, or pages of a file that other processes map too.
//!
//! A [`Mapping`] owns its pages and unmaps them when it is dropped. Other processes may change shared pages while we look at them, so
//! no Rust reference is ever made into those (a reference promises that the bytes stay what they are). A [`Span`] names a part of a
//! mapping; its bytes are copied in and out by address, each once, and are looked at only afterwards.
//!
//! Growing without a copy, making pages present ahead of their use and moving pages are Linux' own; elsewhere growing copies and the other
//! two say that they did nothing.
//!
//! # Safety
//! The struct owns its mapping. A [`Span`] lies inside of it and borrows it, so it cannot outlive it.
#![allow(unsafe_code)]

use std::marker::PhantomData;
use std::num::NonZeroUsize;
use std::os::fd::BorrowedFd;
use std::ptr::NonNull;

use nix::libc;
use nix::sys::mman::{MapFlags, ProtFlags, mmap, mmap_anonymous, munmap};

use super::bulk;
use crate::error::Errno;

/// See the module's text.
#[derive(Debug)]
pub struct Mapping {
    start: NonNull<u8>,
    size: usize,
}

// SAFETY: plain memory without any tie to the thread that mapped it.
unsafe impl Send for Mapping {}

/// No mapping is empty: EINVAL, as the kernel says.
fn non_zero(size: usize) -> Result<NonZeroUsize, Errno> {
    NonZeroUsize::new(size).ok_or(Errno(libc::EINVAL))
}

impl Mapping {
    /// New memory of this process alone, readable and writable, all zero.
    pub fn anonymous(size: usize) -> Result<Mapping, Errno> {
        let access = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: a fresh mapping at an address of the kernel's choice.
        let start = unsafe { mmap_anonymous(None, non_zero(size)?, access, MapFlags::MAP_PRIVATE)? };
        Ok(Mapping { start: start.cast(), size })
    }

    /// The first `size` bytes of a file, shared with all who map it.
    pub fn of_file(fd: BorrowedFd<'_>, size: usize, access: ProtFlags) -> Result<Mapping, Errno> {
        // SAFETY: as above. Whether the file keeps its size is the caller's to know (`sealed`): what is lost is lost by a signal.
        let start = unsafe { mmap(None, non_zero(size)?, access, MapFlags::MAP_SHARED, fd, 0)? };
        Ok(Mapping { start: start.cast(), size })
    }

    /// Its first byte.
    pub fn start(&self) -> NonNull<u8> {
        self.start
    }

    /// Its size in bytes.
    pub fn len(&self) -> usize {
        self.size
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.size == 0
    }

    /// A part of it; None where that is not inside.
    pub fn span(&self, offset: usize, length: usize) -> Option<Span<'_>> {
        let end = offset.checked_add(length)?;
        // SAFETY: inside the mapping, or not made.
        (end <= self.size).then(|| Span { start: unsafe { self.start.add(offset) }, length, of: PhantomData })
    }

    /// Makes a mapping of this process alone larger; its address changes.
    pub fn grow(&mut self, size: usize) -> Result<(), Errno> {
        match system::grow(self.start.cast(), self.size, size) {
            Ok(start) => {
                self.start = start.cast();
                self.size = size;
                Ok(())
            }
            Err(Errno(libc::ENOMEM)) => Err(Errno(libc::ENOMEM)),
            // The system cannot, or a sandbox refuses it.
            Err(_) => {
                let larger = Mapping::anonymous(size)?;
                let length = self.size.min(size);
                // SAFETY: both are at least so long, and the new one is nobody else's.
                unsafe { larger.start.copy_from_nonoverlapping(self.start, length) };
                *self = larger;
                Ok(())
            }
        }
    }

    /// Makes whole pages present before they are touched, by reading or by writing. EINVAL or ENOSYS where the system cannot (Linux can from
    /// 5.14 on).
    pub fn populate(&self, offset: usize, length: usize, how: Populate) -> Result<(), Errno> {
        let span = self.span(offset, length).ok_or(Errno(libc::EINVAL))?;
        system::populate(span.start.cast(), length, how)
    }

    /// Moves whole pages over those at `to`, without a copy, and unmaps the rest. Where that cannot be done the mapping comes back whole.
    ///
    /// # Safety
    /// `offset`, `length` and `to` are multiples of the page size, the first two inside the mapping. Both the mapping and the `length` bytes at
    /// `to` are private anonymous memory, the latter in nobody else's use.
    pub unsafe fn move_pages(self, offset: usize, length: usize, to: NonNull<u8>) -> Result<(), Mapping> {
        // SAFETY: by contract.
        if !unsafe { system::move_pages(self.start.add(offset).cast(), length, to.cast()) } {
            return Err(self);
        }
        // The hole may already be somebody else's: the parts beside it are unmapped one by one.
        let whole = std::mem::ManuallyDrop::new(self);
        for (from, end) in [(0, offset), (offset + length, whole.size)] {
            if from < end {
                // SAFETY: inside our own mapping, which nobody uses any more.
                let _ = unsafe { munmap(whole.start.add(from).cast(), end - from) };
            }
        }
        Ok(())
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: our own mapping; spans borrow it, so none is left.
        let _ = unsafe { munmap(self.start.cast(), self.size) };
    }
}

/// In which way pages are made present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Populate {
    /// As by reading.
    Read,
    /// As by writing.
    Write,
}

#[cfg(all(target_os = "linux", not(portable)))]
mod system {
    use std::ffi::c_void;
    use std::ptr::NonNull;

    use nix::sys::mman::{MRemapFlags, MapFlags, MmapAdvise, ProtFlags, madvise, mmap_anonymous, mremap};

    use super::{Errno, Populate, non_zero};

    pub fn grow(start: NonNull<c_void>, size: usize, new_size: usize) -> Result<NonNull<c_void>, Errno> {
        // SAFETY: a whole mapping of the caller's, who forgets the old address.
        Ok(unsafe { mremap(start, size, new_size, MRemapFlags::MREMAP_MAYMOVE, None)? })
    }

    pub fn populate(start: NonNull<c_void>, length: usize, how: Populate) -> Result<(), Errno> {
        let advice = match how {
            Populate::Read => MmapAdvise::MADV_POPULATE_READ,
            Populate::Write => MmapAdvise::MADV_POPULATE_WRITE,
        };
        loop {
            // SAFETY: faults pages in and changes no contents, whatever the address.
            match unsafe { madvise(start, length, advice) } {
                Err(nix::errno::Errno::EINTR) => {}
                result => return Ok(result?),
            }
        }
    }

    /// False if nothing was moved.
    ///
    /// # Safety
    /// See `Mapping::move_pages`.
    pub unsafe fn move_pages(from: NonNull<c_void>, length: usize, to: NonNull<c_void>) -> bool {
        let flags = MRemapFlags::MREMAP_MAYMOVE | MRemapFlags::MREMAP_FIXED;
        // SAFETY: by contract.
        if unsafe { mremap(from, length, length, flags, Some(to)) }.is_ok() {
            return true;
        }
        // The kernel may have unmapped the destination before it gave up (too many mappings): fill the hole.
        let plain = MapFlags::MAP_PRIVATE | MapFlags::MAP_FIXED;
        let access = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        if let Ok(length) = non_zero(length) {
            // SAFETY: by contract.
            let _ = unsafe { mmap_anonymous(Some(to.addr()), length, access, plain) };
        }
        false
    }
}

#[cfg(not(all(target_os = "linux", not(portable))))]
mod system {
    use std::ffi::c_void;
    use std::ptr::NonNull;

    use nix::libc;

    use super::{Errno, Populate};

    pub fn grow(_: NonNull<c_void>, _: usize, _: usize) -> Result<NonNull<c_void>, Errno> {
        Err(Errno(libc::ENOSYS))
    }

    pub fn populate(_: NonNull<c_void>, _: usize, _: Populate) -> Result<(), Errno> {
        Err(Errno(libc::ENOSYS))
    }

    /// # Safety
    /// None is needed: it does nothing.
    pub unsafe fn move_pages(_: NonNull<c_void>, _: usize, _: NonNull<c_void>) -> bool {
        false
    }
}

/// A part of a mapping.
#[derive(Clone, Copy)]
pub struct Span<'a> {
    start: NonNull<u8>,
    length: usize,
    of: PhantomData<&'a Mapping>,
}

impl Span<'_> {
    /// Its first byte, for whoever copies by address.
    pub fn start(&self) -> *mut u8 {
        self.start.as_ptr()
    }

    /// Its length in bytes.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Copies `bytes` to its beginning; false where they are too many. The mapping must be one to write to.
    pub fn write(&self, bytes: &[u8]) -> bool {
        if bytes.len() > self.length {
            return false;
        }
        // SAFETY: inside the mapping. The source is not in it: JavaScript never gets at mappings of this kind.
        unsafe { bulk::copy(bytes.as_ptr(), self.start.as_ptr(), bytes.len()) };
        true
    }

    /// Copies it to the beginning of `target`, as much as there is room for.
    pub fn read(&self, target: &mut [u8]) {
        let length = self.length.min(target.len());
        // SAFETY: both are at least so long.
        unsafe { self.copy_to(NonNull::from(target).cast(), length) };
    }

    /// Copies its first `length` bytes to fresh memory.
    ///
    /// # Safety
    /// `target` has room for `length` bytes, which are no more than the span's, and nobody else uses it.
    pub unsafe fn copy_to(&self, target: NonNull<u8>, length: usize) {
        // SAFETY: by contract.
        unsafe { bulk::copy(self.start.as_ptr(), target.as_ptr(), length) };
    }
}

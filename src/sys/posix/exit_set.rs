//! All the exit descriptors of one environment behind a single one that the loop can watch: a kqueue, which another kqueue
//! (libuv's) can watch in turn.
//!
//! # Safety
//! nix' wrappers only.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

use nix::libc;
use nix::sys::event::{EvFlags, EventFilter, FilterFlag, KEvent, Kqueue};

use crate::error::Errno;

/// Exits taken from the set at once; more wait for the loop's next turn, so that streams get theirs.
pub const BATCH: usize = 256;

/// A set of exit descriptors.
pub struct ExitSet {
    queue: Kqueue,
}

fn change(exit_fd: BorrowedFd<'_>, flags: EvFlags, id: i32) -> KEvent {
    let name = exit_fd.as_raw_fd() as libc::uintptr_t;
    KEvent::new(name, EventFilter::EVFILT_READ, flags, FilterFlag::empty(), 0, id as libc::intptr_t)
}

fn now() -> Option<libc::timespec> {
    Some(libc::timespec { tv_sec: 0, tv_nsec: 0 })
}

impl ExitSet {
    /// An empty set. (A kqueue is not inherited by children.)
    pub fn new() -> Result<ExitSet, Errno> {
        Ok(ExitSet { queue: Kqueue::new()? })
    }

    /// The descriptor to watch: readable while any member is ready.
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.queue.as_fd()
    }

    /// Adds the exit descriptor of child `id`.
    pub fn add(&self, exit_fd: BorrowedFd<'_>, id: i32) -> Result<(), Errno> {
        self.queue.kevent(&[change(exit_fd, EvFlags::EV_ADD, id)], &mut [], now())?;
        Ok(())
    }

    /// Reports the end of `id` once more, as it does in any case.
    pub fn again(&self, _exit_fd: BorrowedFd<'_>, _id: i32) {}

    /// Takes a descriptor out whose end was not reported. (A closed one leaves by itself.)
    pub fn remove(&self, exit_fd: BorrowedFd<'_>) {
        let _ = self.queue.kevent(&[change(exit_fd, EvFlags::EV_DELETE, 0)], &mut [], now());
    }

    /// The ids of children that have ended, at most `BATCH`.
    pub fn ready(&self, ids: &mut Vec<i32>) {
        let mut events = [change(self.fd(), EvFlags::empty(), 0); BATCH];
        let count = self.queue.kevent(&[], &mut events, now()).unwrap_or(0);
        ids.extend(events.iter().take(count).map(|e| e.udata() as i32));
    }
}

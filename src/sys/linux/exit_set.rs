//! All the exit descriptors of one environment behind a single one that the loop can watch.
//!
//! With one loop handle for each child, a thousand children would mean a thousand registrations; here the loop
//! knows one epoll descriptor, and an exit costs the same however many children live. Level-triggered: a child that
//! cannot be reaped yet (a debugger holds it) is reported again.
//!
//! # Safety
//! nix' wrappers only.

use std::os::fd::{AsFd, BorrowedFd};

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

use crate::error::Errno;

/// Exits taken from the set at once; more wait for the loop's next turn, so that streams get theirs.
pub const BATCH: usize = 256;

/// A set of exit descriptors.
pub struct ExitSet {
    epoll: Epoll,
}

impl ExitSet {
    /// An empty set.
    pub fn new() -> Result<ExitSet, Errno> {
        Ok(ExitSet { epoll: Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)? })
    }

    /// The descriptor to watch: readable while any member is ready.
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.epoll.0.as_fd()
    }

    /// Adds the exit descriptor of child `id`.
    pub fn add(&self, exit_fd: BorrowedFd<'_>, id: i32) -> Result<(), Errno> {
        Ok(self.epoll.add(exit_fd, EpollEvent::new(EpollFlags::EPOLLIN, id as u64))?)
    }

    /// Takes a descriptor out. Closing it is not enough: a child that another thread is just starting may hold a
    /// copy until its `execve`, and the registration lives as long as the last copy.
    pub fn remove(&self, exit_fd: BorrowedFd<'_>) {
        let _ = self.epoll.delete(exit_fd);
    }

    /// The ids of children that have ended, at most `BATCH`.
    pub fn ready(&self, ids: &mut Vec<i32>) {
        let mut events = [EpollEvent::empty(); BATCH];
        let count = self.epoll.wait(&mut events, EpollTimeout::ZERO).unwrap_or(0);
        ids.extend(events.iter().take(count).map(|e| e.data() as i32));
    }
}

//! All the exit descriptors of one environment behind a single one that the loop can watch.
//!
//! With one loop handle for each child, a thousand children would mean a thousand registrations; here the loop
//! knows one epoll descriptor, and an exit costs the same however many children live. The set is edge-triggered: a child
//! that has ended but cannot be reaped yet, because a debugger holds it, is reported again when that lets it go, and not
//! in every turn until then. Closing the descriptor of a reaped child is enough. A child that another thread is just
//! starting may hold a copy of it until its `execve`, and the registration lives as long as the last copy; what it still
//! reports is an id that nobody has any more.
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
        Ok(self.epoll.add(exit_fd, EpollEvent::new(EpollFlags::EPOLLIN | EpollFlags::EPOLLET, id as u64))?)
    }

    /// The ids of children that have ended, at most `BATCH`.
    pub fn ready(&self, ids: &mut Vec<i32>) {
        let mut events = [EpollEvent::empty(); BATCH];
        let count = self.epoll.wait(&mut events, EpollTimeout::ZERO).unwrap_or(0);
        ids.extend(events.iter().take(count).map(|e| e.data() as i32));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::os::pipes;

    fn ready(set: &ExitSet) -> Vec<i32> {
        let mut ids = Vec::new();
        set.ready(&mut ids);
        ids
    }

    #[test]
    fn an_end_is_reported_once() {
        let set = ExitSet::new().unwrap();
        let (exit_fd, writer) = pipes::pipe().unwrap();
        set.add(exit_fd.as_fd(), 7).unwrap();
        assert!(ready(&set).is_empty());
        drop(writer);
        assert_eq!(ready(&set), [7]);
        assert!(ready(&set).is_empty());
    }

    #[test]
    fn a_copy_that_outlives_a_reported_descriptor_is_silent() {
        let set = ExitSet::new().unwrap();
        let (exit_fd, writer) = pipes::pipe().unwrap();
        set.add(exit_fd.as_fd(), 7).unwrap();
        let copy = exit_fd.try_clone().unwrap();
        drop(writer);
        assert_eq!(ready(&set), [7]);
        drop(exit_fd);
        assert!(ready(&set).is_empty());
        drop(copy);
    }
}

//! Waiting for a child's end as a tokio task does.
//!
//! # Safety
//! tokio asks that the descriptor stays open as long as it is registered; the registration owns the process
//! and drops before it.
#![allow(unsafe_code)]

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::os::process::Process;

/// A process seen as its exit descriptor.
struct Watched(Process);

impl AsRawFd for Watched {
    fn as_raw_fd(&self) -> RawFd {
        self.as_fd().as_raw_fd()
    }
}

impl AsFd for Watched {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.exit_fd()
    }
}

/// Reaps the child when it has ended.
pub async fn reap_at_exit(child: Process) {
    // SAFETY: `Watched` never changes its descriptor and keeps it open as long as it lives, inside the `AsyncFd`.
    let registered = unsafe { AsyncFd::register_with_interest(Watched(child), Interest::READABLE) };
    // Without a registration (no memory for it) the child stays a zombie until we end; nothing is lost but that.
    let Ok(watched) = registered else { return };
    while let Ok(mut ready) = watched.readable().await {
        match watched.get_ref().0.try_reap() {
            Ok(None) => ready.clear_ready(),
            _ => return,
        }
    }
}

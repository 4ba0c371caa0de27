//! Waiting for a child's end as a tokio task does: by its exit descriptor, or by asking again and again.
//!
//! # Safety
//! tokio asks that the descriptor stays open as long as it is registered; the registration shares the process.
#![allow(unsafe_code)]

use std::os::fd::{AsRawFd, RawFd};
use std::rc::Rc;
use std::time::Duration;

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::time::sleep;

use super::os::process::Process;

/// How long a child that is asked may stay a zombie.
const PAUSE: Duration = Duration::from_millis(500);

/// A process seen as its exit descriptor.
struct Watched(Rc<Process>);

impl AsRawFd for Watched {
    fn as_raw_fd(&self) -> RawFd {
        self.0.exit_fd().map_or(-1, |fd| fd.as_raw_fd())
    }
}

/// Reaps the child when it has ended; `can_watch`: the runtime watches descriptors.
pub async fn reap_at_exit(child: Process, can_watch: bool) {
    let child = Rc::new(child);
    if can_watch && child.exit_fd().is_some() {
        let watched = Watched(child.clone());
        // SAFETY: a `Process` never changes its descriptor and keeps it open as long as it lives, inside the `AsyncFd`.
        if let Ok(watched) = unsafe { AsyncFd::register_with_interest(watched, Interest::READABLE) } {
            while let Ok(mut ready) = watched.readable().await {
                match child.try_reap() {
                    Ok(None) => ready.clear_ready(),
                    _ => return,
                }
            }
        }
    }
    while child.try_reap() == Ok(None) {
        sleep(PAUSE).await;
    }
}

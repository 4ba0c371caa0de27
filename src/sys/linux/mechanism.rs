//! Which way children are started.
//!
//! `clone` with a shared address space is refused by some sandboxes (seccomp rules, old kernels, emulators). The
//! first refusal is remembered and everything after it goes by `fork`. RS_CHILD_PROCESS_MECHANISM=fork chooses
//! that from the beginning, `=thread` also does without pidfds; both exist for tests and for users whose sandbox kills
//! instead of refusing. (The latter has its name from former days, when threads waited for such children.)
//!
//! Children with a user or group of their own always go by `fork`. When credentials change, the kernel clears the dumpable flag of
//! the memory that they work on; shared, that is ours: no core dumps any more, no debugger, and /proc/self belongs to root.

use std::sync::atomic::{AtomicU8, Ordering};

use nix::libc;

use super::clone;
use super::pidfd;
use super::process::Process;
use super::steward;
use crate::error::{Failure, Step};
use crate::sys::fork;
use crate::sys::image::Image;

const UNKNOWN: u8 = 0;
const CLONE: u8 = 1;
const FORK: u8 = 2;
const FORK_BY_NUMBER: u8 = 3;

static MECHANISM: AtomicU8 = AtomicU8::new(UNKNOWN);

/// Starts the program that `image` describes.
pub fn start(image: &Image) -> Result<Process, Failure> {
    if image.parent.is_some() { steward::start(image) } else { start_here(image) }
}

/// Starts it as a child of the calling thread.
pub(super) fn start_here(image: &Image) -> Result<Process, Failure> {
    match chosen() {
        FORK_BY_NUMBER => return fork::start(image, true),
        FORK => return fork::start(image, false),
        _ if image.uid.is_some() || image.gid.is_some() => return fork::start(image, false),
        _ => {}
    }
    match clone::start(image, pidfd::are_usable()) {
        Err(Failure { step: Step::Clone, errno })
            if matches!(errno.0, libc::EPERM | libc::ENOSYS | libc::EINVAL) =>
        {
            MECHANISM.store(FORK, Ordering::Relaxed);
            fork::start(image, false)
        }
        result => result,
    }
}

fn chosen() -> u8 {
    let known = MECHANISM.load(Ordering::Relaxed);
    if known != UNKNOWN {
        return known;
    }
    let wanted = match std::env::var("RS_CHILD_PROCESS_MECHANISM").as_deref() {
        Ok("fork") => FORK,
        Ok("thread") => FORK_BY_NUMBER,
        _ => CLONE,
    };
    MECHANISM.store(wanted, Ordering::Relaxed);
    wanted
}

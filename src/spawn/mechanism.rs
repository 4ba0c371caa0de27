//! Which way a child is started.
//!
//! On Linux `clone` with a shared address space, which costs the same however large this process is. Some sandboxes refuse it (seccomp
//! rules, old kernels, emulators): the first refusal is remembered, and every start after it goes by `fork`. Elsewhere always `fork`.
//!
//! RS_CHILD_PROCESS_MECHANISM=fork chooses `fork` from the beginning, `=thread` also does without pidfds. Both are for tests, and for users whose
//! sandbox kills instead of refusing. (The second name is from a time when threads waited for such children.)
//!
//! Children with a user or group of their own always go by `fork`. When credentials change, the kernel clears the dumpable flag of
//! the memory that they work on. Shared, that is ours: no core dumps any more, no debugger, and /proc/self belongs to root.

use crate::child::image::Image;
use crate::error::Failure;
use crate::sys::os::process::Process;
use crate::sys::start::fork;

#[cfg(all(target_os = "linux", not(portable)))]
pub use linux::start;

/// Starts the program that `image` describes.
#[cfg(not(all(target_os = "linux", not(portable))))]
pub fn start(image: &Image) -> Result<Process, Failure> {
    fork::start(image, true)
}

#[cfg(all(target_os = "linux", not(portable)))]
mod linux {
    use std::sync::atomic::{AtomicU8, Ordering};

    use nix::libc;

    use super::{Failure, Image, Process, fork};
    use crate::error::Step;
    use crate::sys::start::{clone, starter_thread};

    const UNKNOWN: u8 = 0;
    const CLONE: u8 = 1;
    const FORK: u8 = 2;
    const FORK_BY_NUMBER: u8 = 3;

    static MECHANISM: AtomicU8 = AtomicU8::new(UNKNOWN);

    /// Starts the program that `image` describes.
    pub fn start(image: &Image) -> Result<Process, Failure> {
        if image.parent.is_some() { starter_thread::start(image, start_here) } else { start_here(image) }
    }

    /// Starts it as a child of the calling thread.
    fn start_here(image: &Image) -> Result<Process, Failure> {
        match chosen() {
            FORK_BY_NUMBER => return fork::start(image, true),
            FORK => return fork::start(image, false),
            _ if image.uid.is_some() || image.gid.is_some() => return fork::start(image, false),
            _ => {}
        }
        match clone::start(image) {
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
}

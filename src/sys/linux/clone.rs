//! Starting a child in the time that does not depend on the parent's size.
//!
//! `fork` copies the page tables: 35 ms for a parent of 1 GB during which its event loop stands still.
//! `clone(CLONE_VM | CLONE_VFORK | CLONE_PIDFD)` copies nothing: the child runs in our memory, on a stack of
//! its own, while this thread sleeps until the child has replaced its program or died. Other threads go on.
//! posix_spawn does the same inside libc, but knows neither cwd on older systems, nor uid and gid, nor
//! pidfds, and hides which step failed.
//!
//! The exit signal is 0 until `execve` makes it SIGCHLD: a child that never became a program disturbs no
//! other SIGCHLD user, and cannot be reaped by somebody's `waitpid(-1)` before we have read why it failed.
//!
//! # Safety
//! What the child may do is in `sys/child.rs`. Everything it reads was prepared before; it writes to the
//! image's scratch and to the report, both of which this thread reads only after it woke up.
#![allow(unsafe_code)]

use std::ffi::{c_int, c_void};
use std::os::fd::{FromRawFd, OwnedFd};

use nix::libc;

use super::calls;
use super::process::Process;
use super::signals::{Blocked, expect_children};
use super::stack::Stack;
use crate::error::{Errno, Failure, Step};
use crate::sys::child;
use crate::sys::image::Image;

/// What the child leaves behind for its parent.
struct Birth<'i> {
    image: &'i Image,
    failure: Option<Failure>,
}

/// Starts the program that `image` describes.
pub fn start(image: &Image) -> Result<Process, Failure> {
    expect_children();
    let stack = Stack::take()?;
    let mut birth = Birth { image, failure: None };
    let mut pidfd: c_int = -1;
    let blocked = Blocked::all();
    // SAFETY: the stack is ours alone, grows down from a page boundary; `birth` and `pidfd` outlive the call,
    // and the call returns only when the child has left our memory.
    let pid = unsafe {
        libc::clone(
            be_born,
            stack.top(),
            libc::CLONE_VM | libc::CLONE_VFORK | libc::CLONE_PIDFD,
            (&raw mut birth).cast::<c_void>(),
            &raw mut pidfd,
        )
    };
    let errno = Errno::last();
    drop(blocked);
    drop(stack);
    if pid < 0 {
        return Err(Failure { errno, step: Step::Clone });
    }
    // SAFETY: the kernel just made this descriptor for us, close-on-exec.
    let process = Process::with_pidfd(pid, unsafe { OwnedFd::from_raw_fd(pidfd) });
    // SAFETY: read as volatile because the child wrote it behind the compiler's back.
    match unsafe { (&raw const birth.failure).read_volatile() } {
        None => Ok(process),
        Some(failure) => {
            process.bury();
            Err(failure)
        }
    }
}

/// # Safety
/// Runs in the child, on its stack, with `birth` in the parent's memory.
extern "C" fn be_born(birth: *mut c_void) -> c_int {
    let birth = birth.cast::<Birth>();
    // SAFETY: the parent's thread sleeps, so nobody else looks at `birth`.
    unsafe {
        let failure = child::become_program((*birth).image);
        (&raw mut (*birth).failure).write_volatile(Some(failure));
    }
    calls::exit(127)
}

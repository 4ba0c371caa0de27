//! Starting a child in the time that does not depend on the parent's size.
//!
//! `fork` copies the page tables: 35 ms for a parent of 1 GB during which its event loop stands still.
//! `clone(CLONE_VM | CLONE_VFORK | CLONE_PIDFD)` copies nothing: the child runs in our memory, on a stack of
//! its own, while this thread sleeps until the child has replaced its program or died. Other threads go on.
//! posix_spawn does the same inside libc, but knows neither cwd on older systems, nor uid and gid, nor
//! pidfds, and hides which step failed.
//!
//! The exit signal is 0 until `execve` makes it SIGCHLD: a child that never became a program disturbs no
//! other SIGCHLD user, and cannot be reaped by somebody's `waitpid(-1)` before we have read why it failed. A child
//! without a pidfd has SIGCHLD from the first: nothing else tells of its end, should it be killed before its `execve`.
//!
//! Where the kernel (5.5) and the processor's part (`clone3_*.rs`) know `clone3`, the child is born with all handlers
//! cleared and has only ignored signals to restore: half of the system calls that it makes in its parent's time.
//! Sandboxes tend to refuse `clone3`, which they cannot look into; that is remembered.
//!
//! # Safety
//! What the child may do is in `pre_exec.rs`. Everything it reads was prepared before; it writes to the
//! image's scratch and to the report, both of which this thread reads only after it woke up.
#![allow(unsafe_code)]

use std::ffi::{c_int, c_void};
use std::os::fd::{FromRawFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};

use nix::libc;

use super::pre_exec::{self, Dispositions};
use crate::child::image::Image;
use crate::error::{Errno, Failure, Step};
use crate::sys::os::clone3::clone3;
use crate::sys::os::process::Process;
use crate::sys::os::signals::AllBlocked;
use crate::sys::os::stack::Stack;
use crate::sys::os::{calls, pidfd};
use crate::sys::sigchld::expect_children;

/// What the child leaves behind for its parent.
struct Birth<'i> {
    image: &'i Image,
    dispositions: Dispositions,
    failure: Option<Failure>,
}

/// What the kernel takes for `clone3`, in its first version.
#[repr(C)]
#[derive(Default)]
struct Arguments {
    flags: u64,
    pidfd: u64,
    child_tid: u64,
    parent_tid: u64,
    exit_signal: u64,
    stack: u64,
    stack_size: u64,
    tls: u64,
}

const FLAGS: c_int = libc::CLONE_VM | libc::CLONE_VFORK;
const CLONE_CLEAR_SIGHAND: u64 = 1 << 32;

static REFUSED: AtomicBool = AtomicBool::new(false);

/// Starts the program that `image` describes, with a pidfd where these serve and a descriptor is left for it.
pub fn start(image: &Image) -> Result<Process, Failure> {
    expect_children();
    let pidfd = pidfd::are_usable();
    let stack = Stack::take()?;
    let mut birth = Birth { image, dispositions: Dispositions::Inherited, failure: None };
    let born = match bear(&stack, &mut birth, pidfd) {
        Err(Errno(libc::EMFILE | libc::ENFILE)) if pidfd => bear(&stack, &mut birth, false),
        born => born,
    };
    drop(stack);
    let (pid, pidfd) = born.map_err(|errno| Failure { errno, step: Step::Clone })?;
    // SAFETY: the kernel just made this descriptor for us, close-on-exec.
    let pidfd = (pidfd >= 0).then(|| unsafe { OwnedFd::from_raw_fd(pidfd) });
    let process = Process::new(pid, pidfd);
    // SAFETY: read as volatile because the child wrote it behind the compiler's back.
    match unsafe { (&raw const birth.failure).read_volatile() } {
        None => Ok(process),
        Some(failure) => {
            process.bury();
            Err(failure)
        }
    }
}

/// The pid and the pidfd, -1 for none.
type Born = Result<(i32, c_int), Errno>;

fn bear(stack: &Stack, birth: &mut Birth<'_>, pidfd: bool) -> Born {
    born_without_handlers(stack, birth, pidfd).unwrap_or_else(|| born_as_copy(stack, birth, pidfd))
}

/// By `clone3`. None where it cannot be done so.
fn born_without_handlers(stack: &Stack, birth: &mut Birth<'_>, with_pidfd: bool) -> Option<Born> {
    if REFUSED.load(Ordering::Relaxed) {
        return None;
    }
    let mut pidfd: c_int = -1;
    let (stack, stack_size) = stack.range();
    let arguments = Arguments {
        flags: (FLAGS | if with_pidfd { libc::CLONE_PIDFD } else { 0 }) as u64 | CLONE_CLEAR_SIGHAND,
        exit_signal: if with_pidfd { 0 } else { libc::SIGCHLD as u64 },
        pidfd: (&raw mut pidfd).addr() as u64,
        stack,
        stack_size,
        ..Arguments::default()
    };
    birth.dispositions = Dispositions::Cleared;
    let blocked = AllBlocked::all_but_children();
    // SAFETY: the stack is ours alone and its top lies on a page boundary; `birth` and `pidfd` outlive the call,
    // which returns only when the child has left our memory; `be_born` does not return.
    let pid = unsafe {
        let (arguments, size) = (std::ptr::from_ref(&arguments).cast(), size_of::<Arguments>());
        clone3(arguments, size, be_born, std::ptr::from_mut(birth).cast())
    };
    drop(blocked);
    if pid >= 0 {
        // SAFETY: a number on our own stack, written by the kernel through its address.
        return Some(Ok((pid as i32, unsafe { (&raw const pidfd).read_volatile() })));
    }
    let errno = Errno(-pid as i32);
    if matches!(errno.0, libc::ENOSYS | libc::EPERM | libc::EINVAL) {
        REFUSED.store(true, Ordering::Relaxed);
        birth.dispositions = Dispositions::Inherited;
        return None;
    }
    Some(Err(errno))
}

/// By `clone`.
fn born_as_copy(stack: &Stack, birth: &mut Birth<'_>, with_pidfd: bool) -> Born {
    let mut pidfd: c_int = -1;
    let flags = FLAGS | if with_pidfd { libc::CLONE_PIDFD } else { libc::SIGCHLD };
    let _blocked = AllBlocked::all();
    // SAFETY: the stack is ours alone, grows down from a page boundary; `birth` and `pidfd` outlive the call,
    // and the call returns only when the child has left our memory.
    let pid =
        unsafe { libc::clone(be_born, stack.top(), flags, std::ptr::from_mut(birth).cast(), &raw mut pidfd) };
    if pid < 0 { Err(Errno::last()) } else { Ok((pid, pidfd)) }
}

/// # Safety
/// Runs in the child, on its stack, with `birth` in the parent's memory.
extern "C" fn be_born(birth: *mut c_void) -> c_int {
    let birth = birth.cast::<Birth>();
    // SAFETY: the parent's thread sleeps, so nobody else looks at `birth`.
    unsafe {
        let failure = pre_exec::become_program((*birth).image, (*birth).dispositions);
        (&raw mut (*birth).failure).write_volatile(Some(failure));
    }
    calls::exit(127)
}

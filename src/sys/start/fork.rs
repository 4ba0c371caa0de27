//! Starting a child by plain `fork` and `execve`: on systems other than Linux, where Linux refuses `clone` with shared
//! memory, and for children with a user or group of their own.
//!
//! The child has a copy of our memory, so a failure comes back through a close-on-exec pipe: end of file means
//! that `execve` worked. So no descriptor of the writing end may be left over: not here, not in the child's program, and not in a child that
//! another thread forks at the same moment, which may live long or never come to its `execve`.
//!
//! # Safety
//! Node has many threads, so the child may call only async-signal-safe functions; `pre_exec.rs` keeps to that.
#![allow(unsafe_code)]

use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::sync::{Mutex, PoisonError};

use nix::libc;
use nix::unistd::{ForkResult, fork};

use super::pre_exec::{self, Dispositions};
use crate::child::image::{Action, Image};
use crate::error::{Errno, Failure, Step};
use crate::sys::os::process::Process;
use crate::sys::os::{calls, pipes};
use crate::sys::sigchld::expect_children;
use crate::sys::signals::Blocked;
use crate::sys::socket;

/// Held while this process has a writing end, so that no other child gets it.
static REPORTING: Mutex<()> = Mutex::new(());

/// Starts the program that `image` describes; `by_number`: to be held without a pidfd in any case.
pub fn start(image: &Image, by_number: bool) -> Result<Process, Failure> {
    expect_children();
    check_sources(image)?;
    let reporting = REPORTING.lock().unwrap_or_else(PoisonError::into_inner);
    let (read, write) = report_pipe(image.above)?;
    let blocked = Blocked::all();
    // SAFETY: the child calls only what is allowed there and never returns from this block.
    let child = match unsafe { fork() } {
        Ok(ForkResult::Child) => {
            // SAFETY: a newborn child with all signals blocked.
            let failure = unsafe { pre_exec::become_program(image, Dispositions::Inherited) };
            report(&write, failure);
            calls::exit(127)
        }
        Ok(ForkResult::Parent { child }) => Ok(child.as_raw()),
        Err(errno) => Err(Failure { errno: errno.into(), step: Step::Clone }),
    };
    drop(blocked);
    drop(write);
    drop(reporting);
    let process = Process::forked(child?, by_number);
    match read_report(&read) {
        None => Ok(process),
        Some(failure) => {
            process.bury();
            Err(failure)
        }
    }
}

/// A source that is not open could get the number of the pipe, and the child would keep that.
fn check_sources(image: &Image) -> Result<(), Failure> {
    for action in &image.actions {
        if let Action::Save { fd, .. } | Action::Place { fd, .. } | Action::Keep { fd } = *action
            && let Err(errno) = socket::check_open(fd)
        {
            return Err(Failure { errno, step: Step::Stdio });
        }
    }
    Ok(())
}

/// (read end, write end); the latter lies above all targets of the descriptor plan, which would overwrite it.
fn report_pipe(above: i32) -> Result<(OwnedFd, OwnedFd), Errno> {
    let (read, write) = pipes::pipe()?;
    if write.as_raw_fd() >= above {
        return Ok((read, write));
    }
    Ok((read, pipes::duplicate_above(write.as_fd(), above)?))
}

fn report(pipe: &OwnedFd, failure: Failure) {
    let words = [failure.errno.0, failure.step as i32];
    // SAFETY: eight bytes of an array; so few are written at once or not at all.
    unsafe { libc::write(pipe.as_raw_fd(), words.as_ptr().cast(), size_of_val(&words)) };
}

fn read_report(pipe: &OwnedFd) -> Option<Failure> {
    let mut words = [0u8; 8];
    loop {
        match nix::unistd::read(pipe, &mut words) {
            Ok(8) => {
                let [errno, step] =
                    [0, 4].map(|at| i32::from_ne_bytes(words[at..at + 4].try_into().unwrap_or_default()));
                return Some(Failure { errno: Errno(errno), step: Step::from_raw(step) });
            }
            Err(nix::errno::Errno::EINTR) => {}
            _ => return None,
        }
    }
}

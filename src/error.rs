//! One error shape for the whole crate: an errno and the step that failed.
//!
//! Texts and error classes belong to `lib/node/errors.js`, so nothing here formats a message for users, and
//! a negative errno is all that crosses into JavaScript. `nix::errno::Errno` is not used as the carrier
//! because it folds every number that it does not know into 0, which would read as success.

use std::collections::TryReserveError;
use std::fmt;

use nix::libc;

/// A raw `errno` value (positive).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Errno(pub i32);

impl Errno {
    /// The calling thread's current `errno`.
    pub fn last() -> Errno {
        Errno(nix::errno::Errno::last_raw())
    }

    /// The negative number that JavaScript sees.
    pub fn negated(self) -> i32 {
        -self.0
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} ({})", nix::errno::Errno::from_raw(self.0), self.0)
    }
}

impl From<nix::errno::Errno> for Errno {
    fn from(e: nix::errno::Errno) -> Errno {
        Errno(e as i32)
    }
}

impl From<TryReserveError> for Errno {
    fn from(_: TryReserveError) -> Errno {
        Errno(libc::ENOMEM)
    }
}

/// What a start was doing when it failed; for tests and debugging, users see the errno alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Step {
    /// Making pipes, memory or the plan, in the parent.
    Prepare = 0,
    /// `clone` or `fork` itself.
    Clone = 1,
    /// Putting the descriptors in their places.
    Stdio = 2,
    /// Changing the working directory.
    Chdir = 3,
    /// `setgroups`, `setgid` or `setuid`.
    Identity = 4,
    /// `execve`, over all candidates of the search path.
    Exec = 5,
    /// Tying the child's life to its parent's.
    Tie = 6,
}

impl Step {
    /// The step behind a number that the child reported.
    pub fn from_raw(raw: i32) -> Step {
        match raw {
            1 => Step::Clone,
            2 => Step::Stdio,
            3 => Step::Chdir,
            4 => Step::Identity,
            5 => Step::Exec,
            6 => Step::Tie,
            _ => Step::Prepare,
        }
    }
}

/// A failed step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Why.
    pub errno: Errno,
    /// Where.
    pub step: Step,
}

impl Failure {
    /// A failure on the parent's side, before anything was started.
    pub fn prepare(errno: Errno) -> Failure {
        Failure { errno, step: Step::Prepare }
    }
}

impl From<Errno> for Failure {
    fn from(errno: Errno) -> Failure {
        Failure::prepare(errno)
    }
}

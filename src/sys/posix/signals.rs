//! The parent's side of signal hygiene around a start: no handler of ours may run in the newborn child, where it would
//! act on the parent's descriptors.
//!
//! # Safety
//! Only plain reads and writes of a `sigaction` and of signal sets on the stack.
#![allow(unsafe_code)]

use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};

use nix::libc;

/// All signals of this thread are blocked while this lives.
pub struct Blocked {
    before: libc::sigset_t,
}

impl Blocked {
    /// Blocks them.
    pub fn all() -> Blocked {
        let (mut all, mut before) = (MaybeUninit::uninit(), MaybeUninit::uninit());
        // SAFETY: both sets are filled before they are read.
        unsafe {
            libc::sigfillset(all.as_mut_ptr());
            libc::sigemptyset(before.as_mut_ptr());
            libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr());
            Blocked { before: before.assume_init() }
        }
    }
}

impl Drop for Blocked {
    fn drop(&mut self) {
        // SAFETY: the mask of this same thread.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &self.before, null_mut()) };
    }
}

/// Makes sure that children wait to be reaped. With SIGCHLD ignored, or SA_NOCLDWAIT set, the system would
/// reap them itself and their exit status would be lost.
pub fn expect_children() {
    let mut action = MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: with no new action the call only fills `action`; all-zero is SIG_DFL with an empty mask.
    unsafe {
        if libc::sigaction(libc::SIGCHLD, null(), action.as_mut_ptr()) != 0 {
            return;
        }
        let action = action.assume_init();
        if action.sa_sigaction == libc::SIG_IGN {
            let default: libc::sigaction = std::mem::zeroed();
            libc::sigaction(libc::SIGCHLD, &default, null_mut());
        } else if action.sa_flags & libc::SA_NOCLDWAIT != 0 {
            let waited = libc::sigaction { sa_flags: action.sa_flags & !libc::SA_NOCLDWAIT, ..action };
            libc::sigaction(libc::SIGCHLD, &waited, null_mut());
        }
    }
}

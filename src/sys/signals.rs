//! Keeping handlers of signals away: from a forked child, where one would act on the parent's descriptors, and from threads of
//! our own.
//!
//! libc's functions do it, not system calls, because they leave out the signals that libc keeps for itself. Its setuid(), setgroups()
//! and the like interrupt every thread by such a signal and wait until all have answered: a thread that blocks it makes them hang.
//!
//! # Safety
//! Only signal sets on the stack.
#![allow(unsafe_code)]

use std::mem::MaybeUninit;
use std::ptr::null_mut;

use nix::libc;

/// All signals of this thread but libc's own are blocked while this lives.
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

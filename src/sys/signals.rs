//! Keeping handlers of signals away: from a forked child, where one would act on the parent's descriptors, and from threads of
//! our own.
//!
//! libc's functions do it, not system calls, because they leave out the signals that libc keeps for itself. Its setuid(), setgroups()
//! and the like interrupt every thread by such a signal and wait until all have answered: a thread that blocks it makes them hang.

use nix::sys::signal::{SigSet, SigmaskHow};

/// All signals of this thread but libc's own are blocked while this lives.
pub struct Blocked {
    before: Option<SigSet>,
}

impl Blocked {
    /// Blocks them.
    pub fn all() -> Blocked {
        Blocked { before: SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK).ok() }
    }
}

impl Drop for Blocked {
    fn drop(&mut self) {
        if let Some(before) = self.before {
            let _ = before.thread_set_mask();
        }
    }
}

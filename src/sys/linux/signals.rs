//! The parent's side of signal hygiene around a start.
//!
//! While a child shares our memory no handler may run in it: a handler of ours, run there, would act on the
//! parent's data. So signals are blocked before the birth, libc's own two (32 and 33, which
//! `pthread_sigmask` leaves out) included.
//!
//! # Safety
//! Only plain reads and writes of a `sigaction` on the stack.
#![allow(unsafe_code)]

use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};
use std::sync::OnceLock;

use nix::libc;

use super::calls::{self, block, set_mask};

/// As a bit of a mask.
const SIGCHLD: u64 = 1 << (libc::SIGCHLD - 1);

/// All signals of this thread are blocked while this lives.
pub struct Blocked {
    before: u64,
}

impl Blocked {
    /// Blocks them.
    pub fn all() -> Blocked {
        Blocked { before: set_mask(!0) }
    }

    /// Blocks all but SIGCHLD, which stays as it is, for starts whose child has no handler that could run.
    ///
    /// A SIGCHLD that nobody handles is discarded by the kernel, unless the process's first thread blocks it: then every
    /// child that ends during a start wakes another thread, only to discard it there.
    pub fn all_but_children() -> Blocked {
        Blocked { before: block(!SIGCHLD) }
    }
}

impl Drop for Blocked {
    fn drop(&mut self) {
        set_mask(self.before);
    }
}

/// Is a real-time signal ignored? Only who started this process can have arranged that, so it is asked once.
pub fn ignores_real_time() -> bool {
    static ANSWER: OnceLock<bool> = OnceLock::new();
    *ANSWER.get_or_init(calls::ignores_real_time)
}

/// Makes sure that children wait to be reaped. With SIGCHLD ignored, or SA_NOCLDWAIT set, the kernel would
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The mask of the calling thread, read by setting it to what it is.
    fn mask() -> u64 {
        let mask = set_mask(!0);
        set_mask(mask);
        mask
    }

    #[test]
    fn a_start_leaves_the_mask_as_it_was_and_only_the_end_of_children_open() {
        const UNBLOCKABLE: u64 = 1 << (libc::SIGKILL - 1) | 1 << (libc::SIGSTOP - 1);
        let before = mask();
        {
            let _blocked = Blocked::all_but_children();
            assert_eq!(mask() | UNBLOCKABLE, !SIGCHLD);
        }
        assert_eq!(mask(), before);
        {
            let _all = Blocked::all();
            let _blocked = Blocked::all_but_children();
            assert_eq!(mask() | UNBLOCKABLE, !0, "what was blocked stays so");
        }
        assert_eq!(mask(), before);
        {
            let _blocked = Blocked::all();
            assert_eq!(mask() | UNBLOCKABLE, !0);
        }
        assert_eq!(mask(), before);
    }
}

//! The parent's side of signal hygiene around a start.
//!
//! While a child shares our memory no handler may run in it: a handler of ours, run there, would act on the
//! parent's data. So every signal is blocked before the birth, libc's own two (32 and 33, which
//! `pthread_sigmask` leaves out) included.
//!
//! # Safety
//! Only plain reads and writes of a `sigaction` on the stack.
#![allow(unsafe_code)]

use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};
use std::sync::OnceLock;

use nix::libc;

use super::calls::{self, set_mask};

/// All signals of this thread are blocked while this lives.
pub struct Blocked {
    before: u64,
}

impl Blocked {
    /// Blocks them.
    pub fn all() -> Blocked {
        Blocked { before: set_mask(!0) }
    }

    /// Blocks them all but one.
    pub fn all_but(signal: i32) -> Blocked {
        Blocked { before: set_mask(!(1 << (signal - 1))) }
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

//! SIGCHLD as this process has it. Whoever started us, or a library beside us, may have seen to it that children are never
//! waited for; a start undoes that, and nothing else of how the signal is handled.
//!
//! # Safety
//! Only plain reads and writes of a `sigaction` on the stack.
#![allow(unsafe_code)]

use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};

use nix::libc;

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

//! The parent's side of signal hygiene around a start.
//!
//! While a child shares our memory no handler may run in it: a handler of ours, run there, would act on the
//! parent's data. So signals are blocked before the birth, libc's own two (32 and 33, which
//! `pthread_sigmask` leaves out) included.
//!
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

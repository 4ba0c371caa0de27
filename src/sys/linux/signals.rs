//! The parent's side of signal hygiene around a start.
//!
//! While a child shares our memory no handler may run in it: a handler of ours, run there, would act on the
//! parent's data. So signals are blocked before the birth, those that libc keeps for itself (from 32 on, which
//! `pthread_sigmask` leaves out) included. libc's setuid(), called by another thread, sends one and waits for the answer; it gets it when
//! the child has left our memory.

use nix::libc;

use super::calls::{block, set_mask};

/// As a bit of a mask.
const SIGCHLD: u64 = 1 << (libc::SIGCHLD - 1);

/// All signals of this thread are blocked while this lives.
pub struct AllBlocked {
    before: u64,
}

impl AllBlocked {
    /// Blocks them.
    pub fn all() -> AllBlocked {
        AllBlocked { before: set_mask(!0) }
    }

    /// Blocks all but SIGCHLD, which stays as it is, for starts whose child has no handler that could run.
    ///
    /// A SIGCHLD that nobody handles is discarded by the kernel, unless the process's first thread blocks it: then every
    /// child that ends during a start wakes another thread, only to discard it there.
    pub fn all_but_children() -> AllBlocked {
        AllBlocked { before: block(!SIGCHLD) }
    }
}

impl Drop for AllBlocked {
    fn drop(&mut self) {
        set_mask(self.before);
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
            let _blocked = AllBlocked::all_but_children();
            assert_eq!(mask() | UNBLOCKABLE, !SIGCHLD);
        }
        assert_eq!(mask(), before);
        {
            let _all = AllBlocked::all();
            let _blocked = AllBlocked::all_but_children();
            assert_eq!(mask() | UNBLOCKABLE, !0, "what was blocked stays so");
        }
        assert_eq!(mask(), before);
        {
            let _blocked = AllBlocked::all();
            assert_eq!(mask() | UNBLOCKABLE, !0);
        }
        assert_eq!(mask(), before);
    }
}

//! A parent whose disposition of SIGCHLD is to ignore it: the kernel would reap its children unseen. One test in a program of its own,
//! for the disposition belongs to the whole process.

mod common;

use common::{MECHANISMS, output, sh};
use nix::libc;

#[test]
fn a_parent_that_ignores_its_children_still_learns_of_their_end() {
    for (name, start) in MECHANISMS {
        // SAFETY: no handler is involved; the start is to undo this.
        unsafe { libc::signal(libc::SIGCHLD, libc::SIG_IGN) };
        assert_eq!(output(start, sh("exit 3")).1.code, 3, "{name}");
    }
}

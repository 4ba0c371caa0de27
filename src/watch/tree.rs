//! A signal to a process and all its descendants.
//!
//! Whoever is found is stopped, so that it starts no more while others are looked for, and parenthood decides, not
//! group or session, which descendants may have left. When a whole round over processes that all stand still finds
//! nobody new, the signal goes to all of them, and those that were not stopped before go on (to their end, as a rule).
//!
//! Where nobody can say who descends from whom (no /proc), the signal goes to the child alone, and the result says so.
//!
//! Who has lost a parent inside the tree before the search belongs to init by then and is not found. A thread that
//! the kernel keeps from stopping (it waits for a disk, or for a vforked child that is stopped) is not waited for
//! longer than `PATIENCE`.

use std::thread;
use std::time::{Duration, Instant};

use nix::libc;

use crate::error::Errno;
use crate::sys::os::process::Process;
use crate::sys::os::relatives::{self, Relative};

/// For one that does not stand still.
const PATIENCE: Duration = Duration::from_millis(20);
/// For the whole search: a tree may grow faster than it is stopped.
const LIMIT: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_micros(200);

struct Found {
    relative: Relative,
    was_stopped: bool,
}

/// Sends `signal` to `root`, a child of ours, and to all its descendants; 0 only asks about `root`. The result is
/// that for `root`: others may be beyond our rights, or die meanwhile. ENOSYS: the others could not be looked for.
pub fn kill(root: &Process, signal: i32) -> Result<(), Errno> {
    if signal == 0 {
        return root.kill(0);
    }
    if !relatives::can_be_found() {
        return root.kill(signal).and(Err(Errno(libc::ENOSYS)));
    }
    let root_was_stopped = relatives::is_stopped(root.pid());
    root.kill(libc::SIGSTOP)?;
    let descendants = stop_descendants(root.pid());
    let result = root.kill(signal);
    for found in &descendants {
        let _ = found.relative.kill(signal);
    }
    if signal != libc::SIGSTOP {
        for found in descendants.iter().filter(|found| !found.was_stopped) {
            let _ = found.relative.kill(libc::SIGCONT);
        }
        if !root_was_stopped {
            let _ = root.kill(libc::SIGCONT);
        }
    }
    result
}

fn stop_descendants(root: i32) -> Vec<Found> {
    let search = Instant::now();
    let mut all: Vec<Found> = Vec::new();
    loop {
        let known = all.len();
        let mut at = 0;
        // The list grows while it is walked: children of those found in this round are looked for in it too.
        while at <= all.len() {
            let parent = if at == 0 { root } else { all[at - 1].relative.pid() };
            // A child is complete to see only when its parent cannot be in the middle of making one.
            wait_until_still(parent, search);
            for pid in relatives::children(parent) {
                if all.iter().any(|found| found.relative.pid() == pid) {
                    continue;
                }
                if let Some(relative) = Relative::child_of(parent, pid) {
                    let was_stopped = relatives::is_stopped(pid);
                    let _ = relative.kill(libc::SIGSTOP);
                    all.push(Found { relative, was_stopped });
                }
            }
            at += 1;
        }
        if all.len() == known || search.elapsed() > LIMIT {
            return all;
        }
    }
}

fn wait_until_still(pid: i32, search: Instant) {
    let begin = Instant::now();
    while !relatives::stands_still(pid) && begin.elapsed() < PATIENCE && search.elapsed() < LIMIT {
        thread::sleep(PAUSE);
    }
}

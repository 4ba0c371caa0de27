//! Who descends from whom, as /proc tells it, and a hold on each that is found.
//!
//! /proc/<pid>/task/<tid>/children is exact for processes that stand still, and cheap; kernels built without it have
//! the parent's number in everybody's /proc/<pid>/stat.

use std::fs;
use std::io::ErrorKind;
use std::os::fd::{AsFd, OwnedFd};

use super::pidfd;
use crate::error::Errno;
use crate::sys::by_number;

/// A process held by a pidfd: what is sent to it reaches nobody who got its number later.
pub struct Relative {
    pid: i32,
    /// None where there is no pidfd to be had. Its parent stands still then and does not reap it, so its number
    /// stays its own for as long as the parent does.
    pidfd: Option<OwnedFd>,
}

impl Relative {
    /// A hold on process `pid` if it is a child of `parent`.
    pub fn child_of(parent: i32, pid: i32) -> Option<Relative> {
        let pidfd = pidfd::are_usable().then(|| pidfd::open(pid).ok()).flatten();
        // Looked up after the descriptor was opened: if that still reaches a process, it is the one seen here.
        (stat(&format!("/proc/{pid}/stat"))?.parent == parent).then_some(Relative { pid, pidfd })
    }

    /// The process number.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Sends `signal`.
    pub fn kill(&self, signal: i32) -> Result<(), Errno> {
        match &self.pidfd {
            Some(pidfd) => pidfd::send_signal(pidfd.as_fd(), signal),
            None => by_number::kill(self.pid, signal),
        }
    }
}

struct Stat {
    state: u8,
    parent: i32,
}

fn stat(path: &str) -> Option<Stat> {
    let text = fs::read(path).ok()?;
    parse(&text)
}

/// The program's name stands in parentheses and may itself hold any byte.
fn parse(text: &[u8]) -> Option<Stat> {
    let name_end = memchr::memrchr(b')', text)?;
    let mut fields = text.get(name_end + 2..)?.split(|b| *b == b' ');
    let state = *fields.next()?.first()?;
    let parent = std::str::from_utf8(fields.next()?).ok()?.parse().ok()?;
    Some(Stat { state, parent })
}

/// Whether the process is stopped (or being looked at by a debugger).
pub fn is_stopped(pid: i32) -> bool {
    stat(&format!("/proc/{pid}/stat")).is_some_and(|s| matches!(s.state, b'T' | b't'))
}

/// Whether no thread of the process can do anything any more: stopped, or dead.
pub fn stands_still(pid: i32) -> bool {
    threads(pid)
        .iter()
        .filter_map(|tid| stat(&format!("/proc/{pid}/task/{tid}/stat")))
        .all(|s| matches!(s.state, b'T' | b't' | b'Z' | b'X'))
}

fn threads(pid: i32) -> Vec<i32> {
    numbers_in(&format!("/proc/{pid}/task"))
}

fn numbers_in(folder: &str) -> Vec<i32> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect()
}

/// Is there a /proc, and does it speak of our processes? That of another pid namespace names strangers by their numbers.
pub fn can_be_found() -> bool {
    fs::read_link("/proc/self").is_ok_and(|own| own.as_os_str() == std::process::id().to_string().as_str())
}

/// The numbers of the children of `pid`.
pub fn children(pid: i32) -> Vec<i32> {
    let mut found = Vec::new();
    for tid in threads(pid) {
        match fs::read_to_string(format!("/proc/{pid}/task/{tid}/children")) {
            Ok(list) => found.extend(list.split_ascii_whitespace().filter_map(|n| n.parse::<i32>().ok())),
            // The kernel has no such file, or the thread is gone; the scan answers both.
            Err(e) if e.kind() == ErrorKind::NotFound => return scan(pid),
            Err(_) => {}
        }
    }
    found
}

fn scan(parent: i32) -> Vec<i32> {
    let mut all = numbers_in("/proc");
    all.retain(|pid| stat(&format!("/proc/{pid}/stat")).is_some_and(|s| s.parent == parent));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_anything() {
        let stat = parse(b"12 (a) R 1 (b)) T 7 12 12 0").unwrap();
        assert_eq!((stat.state, stat.parent), (b'T', 7));
        assert!(parse(b"").is_none() && parse(b"12 (a)").is_none());
    }

    #[test]
    fn the_scan_finds_what_the_list_finds() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let pid = child.id() as i32;
        let me = std::process::id() as i32;
        let (listed, scanned) = (children(me), scan(me));
        let held = Relative::child_of(me, pid);
        let stranger = Relative::child_of(1, pid);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(listed.contains(&pid) && scanned.contains(&pid));
        assert!(stranger.is_none());
        // The number may have a new owner by now; the hold does not reach it.
        assert_eq!(held.unwrap().kill(0), Err(Errno(nix::libc::ESRCH)));
    }
}

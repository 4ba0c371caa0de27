//! Who descends from whom, as the system's process list tells it.
//!
//! There is nothing here that holds a process but its number. A child that is found has a parent that stands still and
//! does not reap it, so the number stays its own for as long as the parent lives.
//!
//! # Safety
//! Calls on numbers, and buffers of the stated size.
#![allow(unsafe_code)]

use nix::libc;

use crate::error::Errno;
use crate::sys::by_number;

/// A process, by its number.
pub struct Relative {
    pid: i32,
}

impl Relative {
    /// A hold on process `pid` if it is a child of `parent`.
    pub fn child_of(parent: i32, pid: i32) -> Option<Relative> {
        (about(pid)?.pbi_ppid as i32 == parent).then_some(Relative { pid })
    }

    /// The process number.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Sends `signal`.
    pub fn kill(&self, signal: i32) -> Result<(), Errno> {
        by_number::kill(self.pid, signal)
    }
}

fn about(pid: i32) -> Option<libc::proc_bsdinfo> {
    let size = size_of::<libc::proc_bsdinfo>() as i32;
    // SAFETY: plain numbers and bytes, filled by the system up to the given size.
    unsafe {
        let mut info: libc::proc_bsdinfo = std::mem::zeroed();
        let got = libc::proc_pidinfo(pid, libc::PROC_PIDTBSDINFO, 0, (&raw mut info).cast(), size);
        (got == size).then_some(info)
    }
}

/// Whether the process is stopped.
pub fn is_stopped(pid: i32) -> bool {
    about(pid).is_some_and(|info| info.pbi_status == libc::SSTOP)
}

/// Whether the process can do nothing any more: stopped, or dead.
pub fn stands_still(pid: i32) -> bool {
    about(pid).is_none_or(|info| matches!(info.pbi_status, libc::SSTOP | libc::SZOMB))
}

/// The system's list is always there.
pub fn can_be_found() -> bool {
    true
}

/// The numbers of the children of `pid`.
pub fn children(pid: i32) -> Vec<i32> {
    let mut found = vec![0i32; 64];
    loop {
        let size = size_of_val(found.as_slice()) as i32;
        // SAFETY: the system writes at most `size` bytes.
        let count = unsafe { libc::proc_listchildpids(pid, found.as_mut_ptr().cast(), size) };
        let count = usize::try_from(count).unwrap_or(0);
        // A full list may be a cut one.
        if count < found.len() {
            found.truncate(count);
            return found;
        }
        found.resize(found.len() * 2, 0);
    }
}

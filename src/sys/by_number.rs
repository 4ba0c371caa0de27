//! Children by their numbers. A child keeps its number until it is reaped, so as long as only its owner reaps it a signal
//! reaches nobody else.
//!
//! # Safety
//! Plain calls on numbers; the system fills structs on the stack.
#![allow(unsafe_code)]

use nix::libc;

use crate::child::exit::{Exit, Usage};
use crate::error::Errno;

/// Sends `signal`; 0 only asks.
pub fn kill(pid: i32, signal: i32) -> Result<(), Errno> {
    // SAFETY: no memory involved.
    if unsafe { libc::kill(pid, signal) } == 0 { Ok(()) } else { Err(Errno::last()) }
}

/// `wait4` for this one child, with usage.
pub fn wait(pid: i32, options: i32) -> Result<Option<Exit>, Errno> {
    let mut status = 0;
    // SAFETY: the system fills a number and a struct of plain numbers.
    unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        match libc::wait4(pid, &mut status, options, &mut usage) {
            -1 => Err(Errno::last()),
            0 => Ok(None),
            _ => Ok(Some(Exit::from_status(status, Some(Usage::from(&usage))))),
        }
    }
}

//! Threads of our own, all started here: no signal is for them, but each answers libc's.

use std::thread;

use nix::libc;

use super::signals::Blocked;
use crate::error::Errno;

/// Starts a thread that runs `body` on a stack of so many bytes; nobody joins it.
pub fn start(name: &str, stack: usize, body: impl FnOnce() + Send + 'static) -> Result<(), Errno> {
    // The thread inherits the mask: signals are for Node's own threads.
    let _blocked = Blocked::all();
    #[allow(clippy::disallowed_methods)]
    match thread::Builder::new().name(name.into()).stack_size(stack).spawn(body) {
        Ok(_detached) => Ok(()),
        Err(e) => Err(Errno(e.raw_os_error().unwrap_or(libc::EAGAIN))),
    }
}

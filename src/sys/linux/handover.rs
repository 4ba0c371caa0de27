//! The calls by which one process gives descriptors and a folder to another that runs already, and by which that one takes them.

use std::io::IoSlice;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd};

use nix::fcntl::{OFlag, open};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{ControlMessage, MsgFlags, sendmsg};
use nix::sys::stat::Mode;
use nix::unistd::{AccessFlags, access, fchdir};

use super::calls;
use crate::error::Errno;

/// Writes a prefix of `bytes` with all of `fds` and does not wait. -> how much of it
pub fn send(socket: BorrowedFd<'_>, bytes: &[u8], fds: &[RawFd]) -> Result<usize, Errno> {
    let flags = MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_NOSIGNAL;
    Ok(sendmsg::<()>(
        socket.as_raw_fd(),
        &[IoSlice::new(bytes)],
        &[ControlMessage::ScmRights(fds)],
        flags,
        None,
    )?)
}

/// Waits until there is something to read, or the end. A signal may end it sooner.
pub fn wait_readable(socket: BorrowedFd<'_>) {
    let _ = poll(&mut [PollFd::new(socket, PollFlags::POLLIN)], PollTimeout::NONE);
}

/// A folder that this process could make its own.
pub fn folder(path: &str) -> Result<OwnedFd, Errno> {
    access(path, AccessFlags::X_OK)?;
    Ok(open(path, OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC, Mode::empty())?)
}

/// Makes `folder` that of this process.
pub fn enter(folder: OwnedFd) -> Result<(), Errno> {
    Ok(fchdir(folder)?)
}

/// Puts `fd` in its place, as a start does and then Node, which keeps all that it finds from its own children.
pub fn place(fd: OwnedFd, place: RawFd) -> Result<(), Errno> {
    calls::place(fd.as_raw_fd(), place)?;
    if place <= 2 {
        calls::set_blocking(place);
    }
    calls::close_on_exec(place);
    Ok(())
}

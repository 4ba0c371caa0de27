//! Reading and writing our ends of a child's streams, where no event loop does it.

use std::os::fd::{AsRawFd, BorrowedFd};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::socket::{Shutdown, shutdown};

use crate::error::Errno;

/// Reads what is there into `buffer`; 0 at the end of the stream.
pub fn read(fd: BorrowedFd<'_>, buffer: &mut [u8]) -> Result<usize, Errno> {
    Ok(nix::unistd::read(fd, buffer)?)
}

/// Writes what fits.
pub fn write(fd: BorrowedFd<'_>, bytes: &[u8]) -> Result<usize, Errno> {
    Ok(nix::unistd::write(fd, bytes)?)
}

/// Ends our direction of a socket; the peer reads an end of file.
pub fn finish_writing(fd: BorrowedFd<'_>) {
    let _ = shutdown(fd.as_raw_fd(), Shutdown::Write);
}

/// Whether it was opened for writing alone.
pub fn is_write_only(fd: BorrowedFd<'_>) -> bool {
    fcntl(fd, FcntlArg::F_GETFL).is_ok_and(|flags| flags & OFlag::O_ACCMODE.bits() == OFlag::O_WRONLY.bits())
}

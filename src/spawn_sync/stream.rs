//! One descriptor of a child that is waited for: what is still to be written to it, what was read from it.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use nix::libc;

use crate::error::Errno;
use crate::stdio::streams;
use crate::sys::os::pipes;
use crate::sys::region::Region;
use crate::sys::socket;

/// A stream that brought this much is in for more: its pipe is enlarged, and small reads are avoided.
const BULK: usize = 128 * 1024;
/// What the pipe of such a stream may hold.
const LARGE_PIPE: usize = 1024 * 1024;
/// A read of a bulky stream that brings less than this came too early.
const WORTH_A_READ: usize = LARGE_PIPE / 2;
/// How far a read may go beyond the caller's bound.
const READ_AT_LEAST: usize = 64 * 1024;

/// What one read brought.
#[derive(Clone, Copy, Default)]
pub struct Read {
    /// Bytes.
    pub count: usize,
    /// Had we come later there would have been more: a child that writes 8 KB at a time wakes us up for each of
    /// them, and the two then spend their time waking each other (six times slower than the pipe).
    pub early: bool,
}

/// Our end of one of the child's descriptors.
pub struct Stream<'i> {
    fd: Option<OwnedFd>,
    input: &'i [u8],
    output: Option<Region>,
    bulky: bool,
}

impl<'i> Stream<'i> {
    /// An end that the child reads `input` from, or that collects what it writes, or both.
    pub fn new(fd: OwnedFd, input: Option<&'i [u8]>, collect: bool) -> Result<Stream<'i>, Errno> {
        let input = input.unwrap_or_default();
        if !input.is_empty() {
            socket::set_nonblocking(fd.as_fd())?;
        }
        let output = collect.then(Region::new);
        let mut stream = Stream { fd: Some(fd), input, output, bulky: false };
        if !input.is_empty() {
            stream.write()?;
        } else if !collect {
            // Nothing to say: the child sees the end at once.
            stream.stop_writing();
        }
        Ok(stream)
    }

    /// The descriptor and the directions to wait for (read, write), unless the stream is over.
    pub fn interest(&self) -> Option<(BorrowedFd<'_>, bool, bool)> {
        let fd = self.fd.as_ref()?.as_fd();
        let (reads, writes) = (self.output.is_some(), !self.input.is_empty());
        (reads || writes).then_some((fd, reads, writes))
    }

    /// Closes our end; what was read stays.
    pub fn close(&mut self) {
        self.fd = None;
    }

    /// Writes what fits now.
    pub fn write(&mut self) -> Result<(), Errno> {
        let Some(fd) = &self.fd else { return Ok(()) };
        match streams::write(fd.as_fd(), self.input) {
            Ok(written) => self.input = self.input.get(written..).unwrap_or_default(),
            Err(Errno(libc::EAGAIN | libc::EINTR)) => return Ok(()),
            Err(errno) => {
                self.stop_writing();
                return Err(errno);
            }
        }
        if self.input.is_empty() {
            self.stop_writing();
        }
        Ok(())
    }

    /// The descriptor stays open: what a child writes to its input goes nowhere, but is no error.
    fn stop_writing(&mut self) {
        self.input = &[];
        if let Some(fd) = &self.fd {
            streams::finish_writing(fd.as_fd());
        }
    }

    /// Reads what is there, about `bound` bytes at most.
    pub fn read(&mut self, bound: usize) -> Result<Read, Errno> {
        let (Some(fd), Some(output)) = (&self.fd, &mut self.output) else { return Ok(Read::default()) };
        let limit = bound.max(READ_AT_LEAST);
        let spare = output.spare(READ_AT_LEAST)?;
        let room = spare.len().min(limit);
        match streams::read(fd.as_fd(), &mut spare[..room]) {
            Ok(0) => {
                self.close();
                Ok(Read::default())
            }
            Ok(count) => {
                output.advance(count);
                if output.len() >= BULK && !self.bulky {
                    self.bulky = true;
                    pipes::set_pipe_size(fd.as_fd(), LARGE_PIPE as i32);
                }
                Ok(Read { count, early: self.bulky && count < room.min(WORTH_A_READ) })
            }
            Err(Errno(libc::EAGAIN | libc::EINTR)) => Ok(Read::default()),
            Err(errno) => {
                self.close();
                Err(errno)
            }
        }
    }

    /// Makes room for what a bulky stream brings next, while the child writes it. False when there was nothing to do.
    pub fn prepare(&mut self) -> bool {
        self.bulky && self.output.as_mut().is_some_and(|output| output.prepare(LARGE_PIPE))
    }

    /// What was read, if this end collected.
    pub fn into_output(self) -> Option<Region> {
        self.output
    }
}

//! Making the descriptors of one start: the child's ends, the parent's ends, and who closes what.
//!
//! An output ('pipe' on 1 and 2) is a real pipe, not a socket pair as in libuv: a shell can open
//! `/dev/stdout` on it, and data moves faster. Everything else is a socket pair. So is the input, because programs
//! that find a FIFO there read it and wait for its end, which a caller who gives no input does not make.
//!
//! Pipes hold 64 KiB by default where libuv's socket pair holds some 200, so they are enlarged: a child that writes what fitted
//! before and ends at once, as Node programs do by `process.exit()`, must not lose it. Where the kernel refuses (its limit of
//! pipe memory for one user) a socket pair serves.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use super::plan::Source;
use super::version_tag;
use crate::error::Errno;
use crate::sys::os::pipes;

/// The caller asks for nothing.
pub const IGNORE: i32 = -1;
/// The caller asks for a stream; the standard three are used in one direction only.
pub const PIPE: i32 = -2;
/// The caller asks for a two-way socket.
pub const SOCKET: i32 = -3;

/// The caller asks for a two-way socket that says, to an end of this package in the child, that its parent is one.
pub const CHANNEL: i32 = -5;

const PIPE_CAPACITY: i32 = 256 * 1024;

/// The descriptors of one start. Dropping it closes every end that was not taken.
pub struct Ends {
    sources: Vec<Source>,
    /// Kept open until the child has them.
    child: Vec<OwnedFd>,
    parent: Vec<Option<OwnedFd>>,
}

impl Ends {
    /// Makes what `wanted` asks for, one number for each descriptor of the child (see the constants; from 0 on a
    /// descriptor of the parent, borrowed).
    pub fn make(wanted: &[i32]) -> Result<Ends, Errno> {
        let mut ends = Ends {
            sources: Vec::with_capacity(wanted.len()),
            child: Vec::with_capacity(wanted.len()),
            parent: Vec::with_capacity(wanted.len()),
        };
        for (target, kind) in wanted.iter().enumerate() {
            let (source, parent) = match *kind {
                PIPE | SOCKET | CHANNEL => {
                    let (ours, childs) = connected(*kind, target)?;
                    if *kind == CHANNEL {
                        version_tag::set(childs.as_fd());
                    }
                    let ours = above_standard(ours)?;
                    let source = Source::Fd(childs.as_raw_fd());
                    ends.child.push(childs);
                    (source, Some(ours))
                }
                fd if fd >= 0 => (Source::Fd(fd), None),
                _ => (Source::Ignore, None),
            };
            ends.sources.push(source);
            ends.parent.push(parent);
        }
        Ok(ends)
    }

    /// What the child gets, for the plan.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Hands over our ends; the child's stay open until this is dropped.
    pub fn take_parent(&mut self) -> Vec<Option<OwnedFd>> {
        std::mem::take(&mut self.parent)
    }

    /// Closes the child's ends, which it has by now, and writes over the requests what `keep` makes of ours.
    pub fn release_into(mut self, wanted: &mut [i32], keep: impl Fn(OwnedFd) -> i32) {
        for (place, end) in wanted.iter_mut().zip(self.take_parent()) {
            if let Some(end) = end {
                *place = keep(end);
            }
        }
    }
}

/// (our end, the child's end)
fn connected(kind: i32, target: usize) -> Result<(OwnedFd, OwnedFd), Errno> {
    if kind == PIPE && (1..=2).contains(&target) {
        let (read, write) = pipes::pipe()?;
        if pipes::set_pipe_size(read.as_fd(), PIPE_CAPACITY) {
            return Ok((read, write));
        }
    }
    pipes::socket_pair()
}

/// Moves our end off the numbers 0 to 2, which it may get in a process that closed its own: libuv never closes a
/// stream there, and a child's input ends only when ours is closed.
fn above_standard(end: OwnedFd) -> Result<OwnedFd, Errno> {
    if end.as_raw_fd() > 2 {
        return Ok(end);
    }
    pipes::duplicate_above(end.as_fd(), 3)
}

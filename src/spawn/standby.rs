//! A standby: a child that was started ahead, and waits for the order that makes it the child of somebody's `fork()`.
//!
//! Parent and standby have a socket for this one message: what the child is to be, with the descriptors that it is to have. A standby is
//! born with all numbers below [`PLACES`] taken, by nothing of use, so that nothing else of its process gets them.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

use nix::libc;

use crate::error::Errno;
use crate::stdio::plan::Source;
use crate::sys::os::{calls, command_line, handover};
use crate::sys::socket;

/// The descriptors that a child can be given: the numbers below this one. It is that of the standby's own end of the socket.
pub const PLACES: i32 = 10;

const DETACHED: u32 = 1;
const KILL_ON_PARENT_EXIT: u32 = 2;

/// Length of what follows, flags, parent, which places are taken: each four bytes.
const HEADER: usize = 16;
/// More is not read at a time.
const ROOM: usize = 64 * 1024;

/// What a standby is to become.
#[derive(Debug, PartialEq, Eq)]
pub struct Order {
    /// Lead a new session?
    pub detached: bool,
    /// Die when the parent does?
    pub kill_on_parent_exit: bool,
    /// What the program in the child makes of itself.
    pub text: String,
}

/// Sends the order to the standby behind `socket`, with a folder to work in and what its descriptors are to be.
/// On an error the standby waits as before, or its end comes: it reads the end of the socket.
pub fn hand_over(
    socket: BorrowedFd<'_>,
    order: &Order,
    folder: &str,
    sources: &[Source],
) -> Result<(), Errno> {
    if sources.len() > PLACES as usize {
        return Err(Errno(libc::E2BIG));
    }
    let folder = handover::folder(folder)?;
    let mut places = 0u32;
    let mut fds: Vec<RawFd> = Vec::with_capacity(sources.len() + 1);
    for (place, source) in sources.iter().enumerate() {
        if let Source::Fd(fd) = *source {
            places |= 1 << place;
            fds.push(fd);
        }
    }
    fds.push(folder.as_raw_fd());
    let bytes = encode(order, std::process::id(), places);
    let count = handover::send(socket, &bytes, &fds)?;
    if count < bytes.len() {
        // What it has of the order is of no use.
        socket::shut_down(socket);
        return Err(Errno(libc::EMSGSIZE));
    }
    Ok(())
}

fn encode(order: &Order, parent: u32, places: u32) -> Vec<u8> {
    let flags = if order.detached { DETACHED } else { 0 }
        | if order.kill_on_parent_exit { KILL_ON_PARENT_EXIT } else { 0 };
    let length = (HEADER - 4 + order.text.len()) as u32;
    let mut bytes = Vec::with_capacity(HEADER + order.text.len());
    for word in [length, flags, parent, places] {
        bytes.extend_from_slice(&word.to_le_bytes());
    }
    bytes.extend_from_slice(order.text.as_bytes());
    bytes
}

/// An order as it came.
struct Received {
    order: Order,
    parent: u32,
    places: u32,
}

/// None while it is not whole.
fn decode(bytes: &[u8]) -> Option<Received> {
    let word = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let text = bytes.get(HEADER..)?.get(..(word(0)? as usize).checked_sub(HEADER - 4)?)?;
    let flags = word(4)?;
    Some(Received {
        order: Order {
            detached: flags & DETACHED != 0,
            kill_on_parent_exit: flags & KILL_ON_PARENT_EXIT != 0,
            text: String::from_utf8_lossy(text).into_owned(),
        },
        parent: word(8)?,
        places: word(12)?,
    })
}

/// In the standby: says that it is ready, waits for the order, and takes on what is not JavaScript's to take on. The thread stands still.
/// None where no order will come: the parent has ended, or needs this child no more.
pub fn wait() -> Result<Option<String>, Errno> {
    let socket = socket::adopt(PLACES)?;
    if socket::send(socket.as_fd(), b"+", None).is_err() {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    let mut fds = Vec::new();
    loop {
        if let Some(received) = decode(&bytes) {
            return become_child(received, fds).map(Some);
        }
        handover::wait_readable(socket.as_fd());
        match socket::receive(socket.as_fd(), &mut bytes, ROOM) {
            Ok(None) => {}
            Ok(Some(more)) if more.count > 0 && !more.lost => fds.extend(more.fds),
            _ => return Ok(None),
        }
    }
}

fn become_child(received: Received, mut fds: Vec<OwnedFd>) -> Result<String, Errno> {
    let Received { order, parent, places } = received;
    if order.detached {
        calls::setsid();
    }
    let folder = fds.pop().ok_or(Errno(libc::EPROTO))?;
    let mut fds = fds.into_iter();
    for place in 0..PLACES {
        if places & (1 << place) != 0 {
            let fd = fds.next().ok_or(Errno(libc::EPROTO))?;
            handover::place(fd, place)?;
        } else if place > 2 {
            calls::close(place);
        }
    }
    handover::enter(folder)?;
    if order.kill_on_parent_exit {
        calls::die_with(parent)?;
    }
    Ok(order.text)
}

/// Shows these arguments, joined by NUL, as this process's own.
pub fn show(arguments: &str) {
    let mut bytes = arguments.as_bytes().to_vec();
    bytes.push(0);
    command_line::set(&bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_once_it_is_whole() {
        let order = Order { detached: true, kill_on_parent_exit: false, text: "what to do \u{e9}".into() };
        let bytes = encode(&order, 77, 0b1011);
        for end in 0..bytes.len() {
            assert!(decode(&bytes[..end]).is_none());
        }
        let received = decode(&bytes).unwrap();
        assert_eq!(received.order, order);
        assert_eq!((received.parent, received.places), (77, 0b1011));
        assert!(decode(&[0; 16]).is_none());
    }

    #[test]
    fn descriptors_and_folder_go_along() {
        let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
        let order = Order { detached: false, kill_on_parent_exit: true, text: String::new() };
        let sources = [Source::Fd(ours.as_raw_fd()), Source::Ignore, Source::Fd(0)];
        hand_over(ours.as_fd(), &order, "/", &sources).unwrap();
        let mut bytes = Vec::new();
        let received = socket::receive(theirs.as_fd(), &mut bytes, ROOM).unwrap().unwrap();
        assert_eq!(received.fds.len(), 3);
        assert_eq!(decode(&bytes).unwrap().places, 0b101);
        let missing = hand_over(ours.as_fd(), &order, "/no/such/folder", &sources);
        assert_eq!(missing, Err(Errno(libc::ENOENT)));
        let many = [Source::Ignore; PLACES as usize + 1];
        assert_eq!(hand_over(ours.as_fd(), &order, "/", &many), Err(Errno(libc::E2BIG)));
    }

    #[test]
    fn an_order_that_does_not_fit_ends_the_standby() {
        let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
        let order = Order { detached: false, kill_on_parent_exit: false, text: "x".repeat(8 << 20) };
        assert_eq!(hand_over(ours.as_fd(), &order, "/", &[]), Err(Errno(libc::EMSGSIZE)));
        let mut bytes = Vec::new();
        while socket::receive(theirs.as_fd(), &mut bytes, ROOM).unwrap().unwrap().count > 0 {}
        assert!(decode(&bytes).is_none());
    }
}

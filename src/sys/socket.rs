//! One channel's socket: reads and writes that carry descriptors, never block and never raise SIGPIPE.
//!
//! `MSG_DONTWAIT` makes each call non-blocking by itself, so the flags of the open file, which a peer may
//! share, stay as they are. Received descriptors are close-on-exec from birth: a start on another thread
//! cannot inherit them.
//!
//! # Safety
//! The message headers point at locals that outlive the call; received numbers are turned into owned
//! descriptors at once, before anything can fail.
#![allow(unsafe_code)]

use std::io::IoSlice;
use std::mem::{MaybeUninit, zeroed};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use nix::fcntl::{FcntlArg, FdFlag, OFlag, fcntl};
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{
    AddressFamily, ControlMessage, MsgFlags, Shutdown, SockType, SockaddrLike, SockaddrStorage, getsockname,
    getsockopt, sendmsg, shutdown, sockopt,
};

use crate::error::Errno;

/// The most descriptors that one read takes; Node sends one at a time. What is beyond it is closed by the
/// kernel.
const MAX_FDS: usize = 16;

/// Room for the control message; u64 for its alignment.
type Control = [u64; 16];
const _: () = assert!(size_of::<Control>() >= unsafe_cmsg_space());

const fn unsafe_cmsg_space() -> usize {
    // SAFETY: arithmetic on a constant.
    unsafe { libc::CMSG_SPACE((MAX_FDS * size_of::<RawFd>()) as u32) as usize }
}

/// What one read brought.
#[derive(Debug)]
pub struct Received {
    /// Bytes appended; 0 is the end of the stream.
    pub count: usize,
    /// Descriptors that came with them, in order.
    pub fds: Vec<OwnedFd>,
    /// Others came that this process had no room for.
    pub lost: bool,
}

/// Appends up to `room` bytes from `socket` to `into`. `Ok(None)` when nothing is there. ENOMEM where there is no memory
/// for them; they stay in the socket.
pub fn receive(socket: BorrowedFd<'_>, into: &mut Vec<u8>, room: usize) -> Result<Option<Received>, Errno> {
    // Twice as much as there was may be too much where this much is not.
    into.try_reserve(room).or_else(|_| into.try_reserve_exact(room))?;
    let spare: &mut [MaybeUninit<u8>] = &mut into.spare_capacity_mut()[..room];
    let mut iov = libc::iovec { iov_base: spare.as_mut_ptr().cast(), iov_len: room };
    let mut control: Control = [0; 16];
    // SAFETY: a msghdr of zeros is valid.
    let mut header: libc::msghdr = unsafe { zeroed() };
    header.msg_iov = &mut iov;
    header.msg_iovlen = 1;
    header.msg_control = control.as_mut_ptr().cast();
    header.msg_controllen = size_of::<Control>() as _;
    let flags = libc::MSG_DONTWAIT | receive_flags();
    let count = loop {
        // SAFETY: the header's pointers and lengths describe live memory.
        let count = unsafe { libc::recvmsg(socket.as_raw_fd(), &mut header, flags) };
        if count >= 0 {
            break count as usize;
        }
        match Errno::last() {
            Errno(libc::EINTR) => {}
            Errno(libc::EAGAIN) => return Ok(None),
            error => return Err(error),
        }
    };
    // SAFETY: the header was filled by recvmsg; each number is owned by nobody yet.
    let fds = unsafe { take_fds(&header) };
    // SAFETY: recvmsg wrote `count` bytes at the start of the spare room.
    unsafe { into.set_len(into.len() + count) };
    Ok(Some(Received { count, fds, lost: header.msg_flags & libc::MSG_CTRUNC != 0 }))
}

/// # Safety
/// `header` was filled by a successful recvmsg, and this is called once for it.
unsafe fn take_fds(header: &libc::msghdr) -> Vec<OwnedFd> {
    let mut fds = Vec::new();
    // SAFETY: the CMSG functions walk the control buffer within the length that the kernel set.
    unsafe {
        let mut message = libc::CMSG_FIRSTHDR(header);
        while !message.is_null() {
            if (*message).cmsg_level == libc::SOL_SOCKET && (*message).cmsg_type == libc::SCM_RIGHTS {
                let bytes = (*message).cmsg_len as usize - libc::CMSG_LEN(0) as usize;
                let data = libc::CMSG_DATA(message).cast::<RawFd>();
                for index in 0..bytes / size_of::<RawFd>() {
                    let fd = OwnedFd::from_raw_fd(data.add(index).read_unaligned());
                    mark_close_on_exec(&fd);
                    fds.push(fd);
                }
            }
            message = libc::CMSG_NXTHDR(header, message);
        }
    }
    fds
}

#[cfg(target_os = "linux")]
fn receive_flags() -> libc::c_int {
    libc::MSG_CMSG_CLOEXEC
}

#[cfg(target_os = "linux")]
fn mark_close_on_exec(_: &OwnedFd) {}

#[cfg(not(target_os = "linux"))]
fn receive_flags() -> libc::c_int {
    0
}

#[cfg(not(target_os = "linux"))]
fn mark_close_on_exec(fd: &OwnedFd) {
    let _ = fcntl(fd, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC));
}

/// Writes a prefix of `bytes`, with `fd` attached to its first byte. `Ok(0)` when there is no room.
pub fn send(socket: BorrowedFd<'_>, bytes: &[u8], fd: Option<BorrowedFd<'_>>) -> Result<usize, Errno> {
    let Some(fd) = fd else { return send_bytes(socket, bytes) };
    let fds = [fd.as_raw_fd()];
    let rights = [ControlMessage::ScmRights(&fds)];
    what_fits(|| sendmsg::<()>(socket.as_raw_fd(), &[IoSlice::new(bytes)], &rights, SEND_FLAGS, None))
}

// (nix names the second on Linux alone.)
const SEND_FLAGS: MsgFlags = MsgFlags::MSG_DONTWAIT.union(MsgFlags::from_bits_retain(libc::MSG_NOSIGNAL));

/// By the simplest call that is allowed: sandboxes that keep programs from the network may refuse `send`, but not `write`.
fn send_bytes(socket: BorrowedFd<'_>, bytes: &[u8]) -> Result<usize, Errno> {
    match what_fits(|| nix::sys::socket::send(socket.as_raw_fd(), bytes, SEND_FLAGS)) {
        Err(Errno(libc::EPERM | libc::EACCES | libc::ENOSYS)) => {
            // `write` has no flags. (SIGPIPE is ignored by every Node.)
            set_nonblocking(socket)?;
            what_fits(|| nix::unistd::write(socket, bytes))
        }
        sent => sent,
    }
}

/// The count that `call` returns; 0 when there is no room.
fn what_fits(call: impl Fn() -> nix::Result<usize>) -> Result<usize, Errno> {
    loop {
        match call() {
            Err(nix::errno::Errno::EINTR) => {}
            Err(nix::errno::Errno::EAGAIN) => return Ok(0),
            result => return Ok(result?),
        }
    }
}

/// Switches to non-blocking mode, for all who have this socket open.
pub fn set_nonblocking(fd: BorrowedFd<'_>) -> Result<(), Errno> {
    let flags = OFlag::from_bits_retain(fcntl(fd, FcntlArg::F_GETFL)?);
    fcntl(fd, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
    Ok(())
}

/// Ends both directions: the peer reads the end behind what was written, and so do we.
pub fn shut_down(socket: BorrowedFd<'_>) {
    // One whose peer has gone needs it no more.
    let _ = shutdown(socket.as_raw_fd(), Shutdown::Both);
}

/// How many bytes this socket takes as a whole or, where it is full, not at all. Linux cuts a write into pieces of at most half
/// the send buffer, less 64 bytes, and of what it allocates at once: 32 KiB and, by version, up to 16 more. Elsewhere a full socket may
/// take any part.
pub fn whole_write(socket: BorrowedFd<'_>) -> usize {
    const MOST: usize = 32 * 1024;
    let buffer = getsockopt(&socket, sockopt::SndBuf).unwrap_or(usize::MAX);
    (buffer / 2).saturating_sub(64).clamp(1, MOST)
}

/// Waits until one of `sockets` can be written or will never be, at most `milliseconds`. A signal may end it sooner.
pub fn wait_writable<'a>(sockets: impl Iterator<Item = BorrowedFd<'a>>, milliseconds: i32) {
    let mut polls: Vec<PollFd<'_>> = sockets.map(|socket| PollFd::new(socket, PollFlags::POLLOUT)).collect();
    let _ = poll(&mut polls, PollTimeout::try_from(milliseconds).unwrap_or(PollTimeout::NONE));
}

/// A connected socket whose other end is closed.
pub fn dead_end() -> Result<OwnedFd, Errno> {
    let (ours, theirs) = std::os::unix::net::UnixStream::pair()
        .map_err(|error| Errno(error.raw_os_error().unwrap_or(libc::EMFILE)))?;
    drop(theirs);
    Ok(ours.into())
}

/// What a descriptor that a peer sent is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// A stream socket of the local host.
    Local,
    /// A stream socket of the internet, of either version.
    Internet,
    /// No stream socket of these.
    Other,
}

/// What a descriptor is; ENOTSOCK where it is no socket at all.
pub fn stream_of(fd: BorrowedFd<'_>) -> Result<Stream, Errno> {
    let kind = getsockopt(&fd, sockopt::SockType)?;
    let family = getsockname::<SockaddrStorage>(fd.as_raw_fd())?.family();
    Ok(match (kind, family) {
        (SockType::Stream, Some(AddressFamily::Unix)) => Stream::Local,
        (SockType::Stream, Some(AddressFamily::Inet | AddressFamily::Inet6)) => Stream::Internet,
        _ => Stream::Other,
    })
}

/// Whether a descriptor that a peer sent is a local stream socket; ENOTSOCK, EPROTOTYPE.
pub fn check_stream(fd: BorrowedFd<'_>) -> Result<(), Errno> {
    if stream_of(fd)? == Stream::Local { Ok(()) } else { Err(Errno(libc::EPROTOTYPE)) }
}

/// Takes over a descriptor that JavaScript (or the environment of a forked child) names by number; EBADF when
/// it is not open.
pub fn adopt(fd: RawFd) -> Result<OwnedFd, Errno> {
    check_open(fd)?;
    // SAFETY: open, and by the caller's contract nobody else closes it.
    let fd = unsafe { OwnedFd::from_raw_fd(fd) };
    // Grandchildren shall not have it.
    let _ = fcntl(&fd, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC));
    Ok(fd)
}

/// EBADF where no descriptor has this number.
pub fn check_open(fd: RawFd) -> Result<(), Errno> {
    with_borrowed(fd, |fd| {
        fcntl(fd.ok_or(Errno(libc::EBADF))?, FcntlArg::F_GETFD)?;
        Ok(())
    })
}

/// Runs `body` with a descriptor that JavaScript keeps open for the time of the call.
pub fn with_borrowed<R>(fd: RawFd, body: impl FnOnce(Option<BorrowedFd<'_>>) -> R) -> R {
    // SAFETY: -1 is never made into a BorrowedFd; any other number is only named to the kernel, which checks it.
    body((fd >= 0).then(|| unsafe { BorrowedFd::borrow_raw(fd) }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::os::fd::AsFd;
    use std::os::unix::net::UnixStream;

    #[test]
    fn bytes_and_descriptors_arrive_together() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let (mut inner, sent) = UnixStream::pair().unwrap();
        assert_eq!(send(ours.as_fd(), b"take this", Some(sent.as_fd())), Ok(9));
        drop(sent);
        let mut bytes = Vec::new();
        let mut received = receive(theirs.as_fd(), &mut bytes, 100).unwrap().unwrap();
        assert_eq!((received.count, &bytes[..], received.fds.len()), (9, &b"take this"[..], 1));
        let mut arrived = UnixStream::from(received.fds.remove(0));
        arrived.write_all(b"!").unwrap();
        let mut one = [0];
        inner.read_exact(&mut one).unwrap();
        assert_eq!(&one, b"!");
    }

    #[test]
    fn an_empty_socket_does_not_block_and_a_closed_one_ends() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let mut bytes = Vec::new();
        assert!(receive(ours.as_fd(), &mut bytes, 10).unwrap().is_none());
        drop(theirs);
        assert_eq!(receive(ours.as_fd(), &mut bytes, 10).unwrap().unwrap().count, 0);
        assert_eq!(send(ours.as_fd(), b"x", None), Err(Errno(libc::EPIPE)));
    }

    #[test]
    fn what_there_is_no_memory_for_stays_where_it_is() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        assert_eq!(send(ours.as_fd(), b"later", None), Ok(5));
        let mut bytes = Vec::new();
        let refused = receive(theirs.as_fd(), &mut bytes, usize::MAX);
        assert_eq!(refused.unwrap_err(), Errno(libc::ENOMEM));
        assert_eq!(receive(theirs.as_fd(), &mut bytes, 10).unwrap().unwrap().count, 5);
        assert_eq!(bytes, b"later");
    }

    #[test]
    fn shutting_down_lets_both_sides_read_to_the_end() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        assert_eq!(send(ours.as_fd(), b"last", None), Ok(4));
        assert_eq!(send(theirs.as_fd(), b"words", None), Ok(5));
        shut_down(ours.as_fd());
        for (end, count) in [(&ours, 5), (&theirs, 4)] {
            let mut bytes = Vec::new();
            assert_eq!(receive(end.as_fd(), &mut bytes, 10).unwrap().unwrap().count, count);
            assert_eq!(receive(end.as_fd(), &mut bytes, 10).unwrap().unwrap().count, 0);
            assert_eq!(send(end.as_fd(), b"x", None), Err(Errno(libc::EPIPE)));
        }
    }

    #[test]
    fn a_full_socket_takes_nothing() {
        let (ours, _theirs) = UnixStream::pair().unwrap();
        while send(ours.as_fd(), &[0; 65536], None).unwrap() > 0 {}
        assert_eq!(send(ours.as_fd(), &[0; 65536], None), Ok(0));
        wait_writable([ours.as_fd()].into_iter(), 0);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_short_write_is_taken_as_a_whole_or_not_at_all() {
        use nix::sys::socket::setsockopt;
        for buffer in [0, 3_000, 10_000, 50_000, 80_000, 1_000_000] {
            let bytes = [0; 64 * 1024];
            for step in 0..200 {
                let (ours, _theirs) = UnixStream::pair().unwrap();
                if buffer > 0 {
                    setsockopt(&ours, sockopt::SndBuf, &buffer).unwrap();
                }
                let whole = whole_write(ours.as_fd());
                // Each time it is full after another number of bytes.
                let first = 1 + whole * step / 200;
                let sizes = [first].into_iter().chain(std::iter::repeat_n(whole, 100));
                for size in sizes {
                    let count = send(ours.as_fd(), &bytes[..size], None).unwrap();
                    assert!(count == 0 || count == size, "{count} of {size}, buffer {buffer}");
                }
            }
        }
    }

    #[test]
    fn a_descriptor_tells_what_it_is() {
        use std::net::{Ipv6Addr, TcpListener, UdpSocket};
        let (local, _) = UnixStream::pair().unwrap();
        assert_eq!(stream_of(local.as_fd()), Ok(Stream::Local));
        let internet = TcpListener::bind("127.0.0.1:0").unwrap();
        assert_eq!(stream_of(internet.as_fd()), Ok(Stream::Internet));
        // A host may have no IPv6.
        if let Ok(newer) = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)) {
            assert_eq!(stream_of(newer.as_fd()), Ok(Stream::Internet));
        }
        let datagrams = UdpSocket::bind("127.0.0.1:0").unwrap();
        assert_eq!(stream_of(datagrams.as_fd()), Ok(Stream::Other));
        let file = std::fs::File::open("/dev/null").unwrap();
        assert_eq!(stream_of(file.as_fd()), Err(Errno(libc::ENOTSOCK)));
    }

    #[test]
    fn a_number_that_is_not_open_is_refused() {
        assert_eq!(adopt(-1).unwrap_err(), Errno(libc::EBADF));
        assert_eq!(adopt(999_999).unwrap_err(), Errno(libc::EBADF));
    }
}

//! A sign on a channel's descriptor, which only those see who look for it.
//!
//! A child's side of this package wants to know whether its parent is one, too: only such a parent understands a
//! greeting, and another program at that end (a test, a supervisor) must not find a line in its stream that nobody sent.
//! A variable in the child's environment would be seen by scripts. So the child's end of the socket
//! carries a time limit for blocking writes of more than twelve years, which changes nothing for anybody and
//! whose seconds tell the version of this package. Where a system has no room for such a limit there is no sign.
//!
//! # Safety
//! Socket options of live descriptors, in locals of the right size.
#![allow(unsafe_code)]

use std::mem::zeroed;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};

use nix::libc;

/// In seconds. An i64 is what `tv_sec` is on every platform that we build for.
const LIMIT: i64 = 400_000_000 + (fnv(env!("CARGO_PKG_VERSION").as_bytes()) % 1_000_000) as i64;

/// FNV-1a, see RFC 9923.
const fn fnv(bytes: &[u8]) -> u32 {
    let mut hash = 0x811c_9dc5u32;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    hash
}

/// Marks one end of a socket pair.
pub fn set(socket: BorrowedFd<'_>) {
    let limit = libc::timeval { tv_sec: LIMIT, tv_usec: 0 };
    // SAFETY: the option's value is one live timeval; a refusal leaves the socket as it is.
    unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_SNDTIMEO,
            (&raw const limit).cast(),
            size_of::<libc::timeval>() as libc::socklen_t,
        );
    }
}

/// Whether `fd` is marked, by this very version.
pub fn is_set(fd: RawFd) -> bool {
    // SAFETY: a timeval of zeros is valid.
    let mut limit: libc::timeval = unsafe { zeroed() };
    let mut size = size_of::<libc::timeval>() as libc::socklen_t;
    // SAFETY: the kernel writes at most `size` bytes; a number that is no open socket is refused.
    let answer = unsafe {
        libc::getsockopt(fd, libc::SOL_SOCKET, libc::SO_SNDTIMEO, (&raw mut limit).cast(), &mut size)
    };
    answer == 0 && limit.tv_sec == LIMIT
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsFd;
    use std::os::unix::net::UnixStream;

    #[cfg(target_os = "linux")]
    #[test]
    fn one_end_is_marked_and_the_other_is_not() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        set(theirs.as_fd());
        assert!(is_set(theirs.as_raw_fd()));
        assert!(!is_set(ours.as_raw_fd()));
        assert!(!is_set(-1));
    }
}

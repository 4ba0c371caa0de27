//! The version of this package, tagged onto a channel's descriptor, where only those see it who look for it.
//!
//! Our side in a forked child must know whether its parent is this package too, and in the same version: only such a parent understands a
//! greeting, and any other program at that end (a test, a supervisor) must not find a line in its stream that nobody sent. An
//! environment variable would be seen by scripts. So the child's end of the socket gets a time limit for blocking writes (SO_SNDTIMEO) of more
//! than twelve years. That changes nothing for anybody, and its seconds tell the version. Where a system has no room for such a limit
//! there is no tag, and the two ends speak Node's own wire format.

use std::os::fd::BorrowedFd;

use nix::sys::socket::{getsockopt, setsockopt, sockopt};
use nix::sys::time::{TimeVal, TimeValLike};

/// In seconds.
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

/// Tags one end of a socket pair. A refusal leaves it as it is.
pub fn set(socket: BorrowedFd<'_>) {
    let _ = setsockopt(&socket, sockopt::SendTimeout, &TimeVal::seconds(LIMIT));
}

/// Whether `fd` is tagged, by this very version. False for what is no socket.
pub fn is_set(fd: BorrowedFd<'_>) -> bool {
    getsockopt(&fd, sockopt::SendTimeout).is_ok_and(|limit| limit.num_seconds() == LIMIT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsFd;
    use std::os::unix::net::UnixStream;

    #[cfg(target_os = "linux")]
    #[test]
    fn one_end_is_tagged_and_the_other_is_not() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        set(theirs.as_fd());
        assert!(is_set(theirs.as_fd()));
        assert!(!is_set(ours.as_fd()));
        assert!(!is_set(std::io::stdin().as_fd()));
    }
}

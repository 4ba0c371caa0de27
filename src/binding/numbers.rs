//! Descriptors that JavaScript knows by number and that nothing owns yet.
//!
//! JavaScript may stop between any two calls: a worker thread is terminated, a stack is full, a hook throws. A number that
//! it had just been given would then stay open for ever. So a descriptor stays in this table, owned by the
//! environment, until somebody has taken it over: a function of this addon (`take`), or one of Node's handles
//! (`forget`, which JavaScript calls right behind). What is left when the environment ends is closed.
//!
//! Between Node's taking over and the call of `forget` a descriptor has two owners. Node closes its handles before our
//! table is looked at, and another thread may have been given the number since: only what is still the same file is closed.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::os::fd::{AsFd, AsRawFd, IntoRawFd, OwnedFd, RawFd};

use nix::libc;
use nix::sys::stat::fstat;

use crate::error::Errno;
use crate::sys::socket;

/// What a descriptor is open to: device and inode.
type File = (libc::dev_t, libc::ino_t);

struct Loose {
    fd: OwnedFd,
    file: Option<File>,
}

/// The table of one environment.
#[derive(Default)]
pub struct Numbers(RefCell<BTreeMap<RawFd, Loose>>);

fn file_of(fd: &impl AsFd) -> Option<File> {
    fstat(fd).ok().map(|stat| (stat.st_dev, stat.st_ino))
}

impl Numbers {
    /// The number of `fd`, for JavaScript.
    pub fn give(&self, fd: OwnedFd) -> RawFd {
        let number = fd.as_raw_fd();
        let file = file_of(&fd);
        // A number that is given anew was closed by somebody who did not say so.
        if let Some(stale) = self.0.borrow_mut().insert(number, Loose { fd, file }) {
            let _ = stale.fd.into_raw_fd();
        }
        number
    }

    /// The descriptor behind a number that JavaScript gives up, whoever it came from; EBADF where it is not open.
    pub fn take(&self, number: RawFd) -> Result<OwnedFd, Errno> {
        self.forget(number);
        socket::adopt(number)
    }

    /// Somebody else owns the number now.
    pub fn forget(&self, number: RawFd) {
        if let Some(loose) = self.0.borrow_mut().remove(&number) {
            let _ = loose.fd.into_raw_fd();
        }
    }

    /// Closes what nobody took.
    pub fn close(&self) {
        for (_, loose) in self.0.take() {
            if loose.file.is_none() || file_of(&loose.fd) != loose.file {
                let _ = loose.fd.into_raw_fd();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixStream;

    fn is_open_to(number: RawFd, file: Option<File>) -> bool {
        socket::with_borrowed(number, |fd| file_of(&fd.unwrap())) == file
    }

    #[test]
    fn only_what_nobody_took_is_closed() {
        let numbers = Numbers::default();
        let (one, two) = UnixStream::pair().unwrap();
        let (kept, left) = (OwnedFd::from(one), OwnedFd::from(two));
        let files = (file_of(&kept), file_of(&left));
        let (kept, left) = (numbers.give(kept), numbers.give(left));
        let owned = numbers.take(kept).unwrap();
        numbers.close();
        assert!(is_open_to(kept, files.0) && !is_open_to(left, files.1));
        drop(owned);
        assert!(!is_open_to(kept, files.0));
    }

    #[test]
    fn a_number_that_is_another_file_by_now_is_left_alone() {
        let numbers = Numbers::default();
        let (given, other) = UnixStream::pair().unwrap();
        let file = file_of(&other);
        let number = numbers.give(given.into());
        // As Node closes its handle, and another thread opens something that gets the number.
        let mut reused = socket::adopt(number).unwrap();
        nix::unistd::dup2(&other, &mut reused).unwrap();
        numbers.close();
        assert!(is_open_to(number, file));
        drop(reused);
    }
}

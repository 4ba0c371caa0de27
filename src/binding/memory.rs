//! Pages that processes share, see `sys/linux/sealed.rs`. `lib/channel/handles/shared-memory.js` makes sure that no environment maps
//! the same pages twice.

use napi::Env;
use napi_derive::napi;
use nix::libc;
use std::os::fd::BorrowedFd;

use super::env::give;
use crate::error::Errno;
use crate::sys::node_api::{Returned, Scope};
use crate::sys::os::sealed::{SharedPages, identity, make_shared};
use crate::sys::socket;

/// Zeroed pages for `bytes` bytes, allocated and sealed: a descriptor, or -errno (-ENOSYS where there is no such thing).
#[napi(catch_unwind)]
pub fn memory_make(env: Env, bytes: f64) -> i32 {
    make_shared(bytes as u64).map_or_else(Errno::negated, |fd| give(&env, fd))
}

fn with<T>(fd: i32, body: impl FnOnce(BorrowedFd<'_>) -> Result<T, Errno>) -> Result<T, Errno> {
    socket::with_borrowed(fd, |fd| fd.ok_or(Errno(libc::EBADF)).and_then(body))
}

/// A name for the pages, the same for all descriptors of them, once it is certain that they can be mapped; else -errno.
#[napi(ts_return_type = "string | number", catch_unwind)]
pub fn memory_name(env: Env, fd: i32) -> Returned {
    let js = Scope::of(&env);
    match with(fd, identity) {
        Ok(id) => js.latin1(format!("{}:{}:{}", id.device, id.inode, id.size).as_bytes()).into(),
        Err(error) => js.int(error.negated()).into(),
    }
}

/// The pages, at most `most` bytes, or -errno. They stay mapped as long as the ArrayBuffer lives.
#[napi(ts_return_type = "ArrayBuffer | number", catch_unwind)]
pub fn memory_map(env: Env, fd: i32, most: f64) -> Returned {
    let js = Scope::of(&env);
    match with(fd, |fd| SharedPages::of(fd, most as u64)) {
        // A host that refuses memory of others (Electron) has no such feature either.
        Ok(mapping) => {
            js.external_array_buffer(mapping).unwrap_or_else(|| js.int(Errno(libc::ENOSYS).negated())).into()
        }
        Err(error) => js.int(error.negated()).into(),
    }
}

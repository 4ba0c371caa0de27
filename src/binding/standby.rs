//! Children that are started ahead, see `src/spawn/standby.rs`.

use napi::Env;
use napi_derive::napi;
use nix::libc;

use super::env::Environment;
use crate::error::Errno;
use crate::spawn::standby::{self, Order};
use crate::stdio::ends::Ends;
use crate::sys::node_api::IntArray;
use crate::sys::socket::with_borrowed;

const DETACHED: i32 = 1;
const KILL_ON_PARENT_EXIT: i32 = 8;

/// Makes the standby behind `socket` the child that `text` describes. `cwd`, `flags` and `io` as for `spawn`. 0 or -errno; then an
/// ordinary start can do it.
#[napi(catch_unwind)]
pub fn standby_hand_over(
    env: Env,
    socket: i32,
    text: String,
    cwd: String,
    flags: i32,
    mut io: IntArray,
) -> i32 {
    let Some((wanted, _)) = io.elements().split_last_chunk_mut::<2>() else {
        return Errno(libc::EINVAL).negated();
    };
    let order = Order {
        detached: flags & DETACHED != 0,
        kill_on_parent_exit: flags & KILL_ON_PARENT_EXIT != 0,
        text,
    };
    let handed = (|| {
        let environment = Environment::of(&env)?;
        let numbers = environment.numbers();
        let ends = Ends::make(wanted)?;
        with_borrowed(socket, |socket| {
            standby::hand_over(socket.ok_or(Errno(libc::EBADF))?, &order, &cwd, ends.sources())
        })?;
        ends.release_into(wanted, |end| numbers.give(end));
        Ok::<(), Errno>(())
    })();
    handed.map_or_else(Errno::negated, |()| 0)
}

/// In a standby: waits for the order, whose text it returns; null where none will come.
#[napi(catch_unwind)]
pub fn standby_wait() -> napi::Result<Option<String>> {
    standby::wait().map_err(|errno| napi::Error::from_reason(format!("{errno:?}")))
}

/// Shows these arguments, joined by NUL, as the command line of this process.
#[napi(catch_unwind)]
pub fn standby_show(arguments: String) {
    standby::show(&arguments);
}

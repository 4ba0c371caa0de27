//! Channels for JavaScript, named by small numbers. See `src/ipc/channels.rs` for their life between the calls.

use std::borrow::Cow;

use napi::bindgen_prelude::{Function, Object};
use napi::{Env, JsString};
use napi_derive::napi;
use nix::libc;

use super::channels::channels;
use super::env::{give, take};
use crate::error::Errno;
use crate::ipc::exit;
use crate::ipc::frame::{Framer, Wire};
use crate::stdio::{streams, version_tag};
use crate::sys::node_api::{AsyncContext, Callback, IntArray, Scope};
use crate::sys::os;
use crate::sys::socket::{self, Stream};
use crate::sys::staging::Shared;

/// Opens a channel over the descriptor `fd`, which it takes over; reading starts with `channelRead`.
/// `upgrade`: a line of ASCII after which the peer's frames have lengths, if it may come. `resource`: what the calls for
/// this channel belong to, see `AsyncContext`; the caller keeps it. Returns the channel's id, or -errno.
#[napi(catch_unwind)]
pub fn channel_open(
    env: Env,
    fd: i32,
    advanced: bool,
    is_child: bool,
    upgrade: Option<JsString<'_>>,
    resource: Object<'_>,
) -> i32 {
    let upgrade = upgrade.and_then(|line| line.into_latin1().ok()).map(|line| line.take());
    let framer = match (advanced, upgrade) {
        (true, _) => Framer::new(Wire::Lengths),
        (false, Some(line)) => Framer::upgrading_at(&line),
        (false, None) => Framer::new(Wire::Lines),
    };
    let opened = channels(&env).and_then(|channels| {
        let socket = take(&env, fd)?;
        let context = AsyncContext::new(channels.listener().env(), resource, c"RSCHANNEL")?;
        channels.open(socket, framer, is_child, context)
    });
    opened.map_or_else(Errno::negated, |id| id as i32)
}

/// A socket whose other end is closed, for the channel of a child that could not be started: it behaves as
/// the channel of a child that died at once. A descriptor, or -errno.
#[napi(catch_unwind)]
pub fn channel_dead_end(env: Env) -> i32 {
    socket::dead_end().map_or_else(Errno::negated, |fd| give(&env, fd))
}

/// Two connected ends, into `ends`. 0 or -errno.
#[napi(catch_unwind)]
pub fn channel_pair(env: Env, mut ends: IntArray) -> i32 {
    let [first, second] = ends.elements() else { return Errno(libc::EINVAL).negated() };
    os::pipes::socket_pair().map_or_else(Errno::negated, |(one, other)| {
        (*first, *second) = (give(&env, one), give(&env, other));
        0
    })
}

/// Whether a descriptor that a peer sent can be a channel's. 0 or -errno.
#[napi(catch_unwind)]
pub fn channel_check(fd: i32) -> i32 {
    socket::with_borrowed(fd, |fd| {
        fd.ok_or(Errno(libc::EBADF)).and_then(socket::check_stream).map_or_else(Errno::negated, |()| 0)
    })
}

/// What a descriptor that a peer sent is: 1 a local stream socket, 2 one of the internet, 3 something that can only be written
/// to, 0 anything else.
#[napi(catch_unwind)]
pub fn stream_of(fd: i32) -> i32 {
    socket::with_borrowed(fd, |fd| match fd.map(|fd| (socket::stream_of(fd), fd)) {
        Some((Ok(Stream::Local), _)) => 1,
        Some((Ok(Stream::Internet), _)) => 2,
        Some((Err(_), fd)) if streams::is_write_only(fd) => 3,
        _ => 0,
    })
}

/// Whether the parent that gave us the channel `fd` is this very version of this package.
#[napi(catch_unwind)]
pub fn channel_is_marked(fd: i32) -> bool {
    socket::with_borrowed(fd, |fd| fd.is_some_and(version_tag::is_set))
}

/// Sets the environment's callback, see `Kind`. Returns the nonce that joins lines.
#[napi(catch_unwind)]
pub fn on_channel(env: Env, callback: Function<'_, (), ()>) -> u32 {
    channels(&env).map_or(0, |channels| {
        let listener = channels.listener();
        listener.set_callback(Callback::new(listener.env(), callback).ok())
    })
}

/// The block in which messages are staged (see `src/sys/staging.rs`), or undefined where this host allows
/// no such memory.
#[napi(ts_return_type = "ArrayBuffer | undefined", catch_unwind)]
pub fn channel_staging(env: Env, id: u32) -> napi::Result<napi::Unknown<'static>> {
    let scope = Scope::of(&env);
    let staging = channels(&env).and_then(|channels| channels.staging(id)).ok();
    scope.into_unknown(staging.and_then(|staging| scope.external_array_buffer(Shared(staging))))
}

/// 0, 1 where something waits for room, or -errno.
fn sent(result: Result<bool, Errno>) -> i32 {
    result.map_or_else(Errno::negated, i32::from)
}

/// Writes what is staged. 0, 1 where some of it waits for room, or -errno.
#[napi(catch_unwind)]
pub fn channel_flush(env: Env, id: u32) -> i32 {
    sent(channels(&env).and_then(|channels| channels.flush(id)))
}

/// Sends `text` and a line end behind what is staged, with the descriptor `fd` unless that is -1.
/// `ascii`: the caller has made sure that the text is plain ASCII.
/// As `channelFlush`.
#[napi(catch_unwind)]
pub fn channel_send_text(env: Env, id: u32, text: JsString<'_>, ascii: bool, fd: i32) -> i32 {
    match Scope::of(&env).bytes_of_string(&text, ascii) {
        Ok(mut bytes) => {
            bytes.push(b'\n');
            send(&env, id, bytes.into(), fd)
        }
        Err(error) => error.negated(),
    }
}

/// Sends `bytes` behind what is staged, with the descriptor `fd` unless that is -1. As `channelFlush`.
#[napi(catch_unwind)]
pub fn channel_send_bytes(env: Env, id: u32, bytes: &[u8], fd: i32) -> i32 {
    send(&env, id, bytes.into(), fd)
}

fn send(env: &Env, id: u32, bytes: Cow<'_, [u8]>, fd: i32) -> i32 {
    sent(channels(env).and_then(|channels| socket::with_borrowed(fd, |fd| channels.send(id, bytes, fd))))
}

/// Starts or stops reading.
#[napi(catch_unwind)]
pub fn channel_read(env: Env, id: u32, on: bool) {
    if let Ok(channels) = channels(&env) {
        channels.set_reading(id, on);
    }
}

/// Reads and delivers all that is there, now: before an exit is told, what the child had sent is.
#[napi(catch_unwind)]
pub fn channel_read_now(env: Env, id: u32) {
    if let Ok(channels) = channels(&env) {
        channels.read_now(id);
    }
}

/// Says whether the channel keeps the loop alive.
#[napi(catch_unwind)]
pub fn channel_ref(env: Env, id: u32, on: bool) {
    if let Ok(channels) = channels(&env) {
        channels.set_ref(id, on);
    }
}

/// Whether a message has begun to arrive and not ended.
#[napi(catch_unwind)]
pub fn channel_is_partial(env: Env, id: u32) -> bool {
    channels(&env).is_ok_and(|channels| channels.is_partial(id))
}

/// Closes the channel once what it accepted is written; it reads no more and its id is invalid from now on.
#[napi(catch_unwind)]
pub fn channel_close(env: Env, id: u32) {
    if let Ok(channels) = channels(&env) {
        channels.close(id);
    }
}

/// Sends what this thread's channels have accepted, for the process is about to end.
#[napi(catch_unwind)]
pub fn channels_finish() {
    exit::flush_all();
}

//! Channels for JavaScript: named by small numbers, watched on the environment's loop, frames delivered many
//! at a time to one callback.
//!
//! A channel's lock is held only inside Rust, never while JavaScript runs: a listener may send on, close or
//! drain the very channel that its message came from.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::os::fd::{AsRawFd, IntoRawFd};
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use napi::bindgen_prelude::Function;
use napi::{Env, JsString};
use napi_derive::napi;

use super::env::{Environment, Tenant};
use crate::error::Errno;
use crate::ipc::channel::{Arrived, Channel, Outcome};
use crate::ipc::exit;
use crate::ipc::frame::{Wire, join_lines};
use crate::ipc::json;
use crate::sys::node_api::{Callback, RawEnv, Scope, Value};
use crate::sys::socket;
use crate::sys::staging::Shared;
use crate::sys::uv::{Loop, Poll, Ready};

/// What a call of the channel callback is about: `callback(id, kind, payload, count, fd)`.
#[derive(Clone, Copy)]
#[repr(i32)]
enum Kind {
    /// `payload`: a string with `count` JSON lines, joined with the nonce when there are several.
    Lines = 0,
    /// `payload`: a Buffer of whole length-prefixed frames.
    Bodies = 1,
    /// The peer's end is closed (`count` 0) or the socket failed (`count` -errno).
    Ended = 2,
    /// Bytes that waited have been written (`count` 0) or never will be (`count` -errno).
    Drained = 3,
    /// `count` lines were too long to be messages and were dropped.
    Oversized = 4,
    /// Only a descriptor came, with a message that has not ended yet.
    Descriptor = 5,
}

/// Reads that one wake-up makes before others get their turn.
const READS: usize = 8;

/// Read buffers above this size are given back.
const KEEP: usize = 1024 * 1024;

struct Entry {
    channel: Arc<Mutex<Channel>>,
    is_lines: bool,
    poll: RefCell<Option<Poll>>,
    reading: Cell<bool>,
    /// Closed by JavaScript; stays only until what it accepted is written.
    lingering: Cell<bool>,
}

impl Entry {
    fn lock(&self) -> MutexGuard<'_, Channel> {
        self.channel.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watch(&self, blocked: bool) {
        if let Some(poll) = &*self.poll.borrow() {
            // A descriptor that epoll knows already cannot fail to be watched.
            let _ = poll.start(self.reading.get(), blocked);
        }
    }
}

/// The channels of one environment.
struct Channels {
    lp: Loop,
    this: Weak<Channels>,
    callback: RefCell<Option<Rc<Callback>>>,
    table: RefCell<HashMap<u32, Rc<Entry>>>,
    next: Cell<u32>,
    nonce: String,
    scratch: RefCell<Vec<u8>>,
    text: RefCell<Vec<u8>>,
    wide: RefCell<Vec<u16>>,
}

/// The tenant is a shared pointer, so that loop callbacks can hold a weak one.
struct Room(Rc<Channels>);

impl Tenant for Room {
    fn settle(_: RawEnv, lp: &Loop) -> Result<Self, Errno> {
        let nonce = nonce().to_string();
        Ok(Room(Rc::new_cyclic(|this| Channels {
            lp: lp.clone(),
            this: this.clone(),
            callback: RefCell::default(),
            table: RefCell::default(),
            next: Cell::new(1),
            nonce,
            scratch: RefCell::default(),
            text: RefCell::default(),
            wide: RefCell::default(),
        })))
    }

    fn tear_down(&self) {
        for (_, entry) in self.0.table.take() {
            entry.lock().finish(false);
            entry.poll.take();
        }
        self.0.callback.take();
    }
}

/// Nine digits that a peer cannot know, small enough for V8 to keep without a heap object.
fn nonce() -> u32 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    let random = RandomState::new().build_hasher().finish();
    100_000_000 + (random % 900_000_000) as u32
}

impl Channels {
    fn of(env: &Env) -> Result<Rc<Channels>, Errno> {
        Ok(Environment::of(env)?.tenant::<Room>()?.0.clone())
    }

    fn entry(&self, id: u32) -> Option<Rc<Entry>> {
        self.table.borrow().get(&id).cloned()
    }

    fn open(&self, fd: i32, wire: Wire, is_child: bool) -> Result<u32, Errno> {
        let channel = Channel::new(socket::adopt(fd)?, wire);
        let raw = channel.as_fd().as_raw_fd();
        let id = self.next.get();
        self.next.set(id.wrapping_add(1));
        let this = self.this.clone();
        let poll = Poll::new(
            &self.lp,
            raw,
            Box::new(move |ready| {
                if let Some(channels) = this.upgrade() {
                    channels.on_ready(id, ready);
                }
            }),
        )?;
        let channel = Arc::new(Mutex::new(channel));
        exit::list(&channel, is_child);
        let entry = Entry {
            channel,
            is_lines: wire == Wire::Lines,
            poll: RefCell::new(Some(poll)),
            reading: Cell::new(false),
            lingering: Cell::new(false),
        };
        self.table.borrow_mut().insert(id, Rc::new(entry));
        Ok(id)
    }

    fn on_ready(&self, id: u32, ready: Ready) {
        let Some(entry) = self.entry(id) else { return };
        // Reading comes first: of a peer that died, its end is told before the fate of what it did not take.
        if (ready.readable || ready.error.is_some()) && entry.reading.get() {
            self.read(id, &entry, READS);
        }
        if (ready.writable || ready.error.is_some()) && self.entry(id).is_some() {
            self.write(id, &entry);
        }
    }

    fn write(&self, id: u32, entry: &Entry) {
        let result = entry.lock().drain();
        if let Ok(false) = result {
            // Some of it may be written: callbacks of finished sends need not wait for the rest.
            self.tell(id, Kind::Drained, 0);
            return;
        }
        entry.watch(false);
        if entry.lingering.get() {
            self.remove(id);
            return;
        }
        self.tell(id, Kind::Drained, result.map_or_else(Errno::negated, |_| 0));
    }

    /// Reads and delivers, at most `reads` times, until nothing is there or JavaScript has had enough.
    fn read(&self, id: u32, entry: &Entry, reads: usize) {
        let Some(callback) = self.callback.borrow().clone() else { return };
        for _ in 0..reads {
            let mut go_on = false;
            callback.call_when(|scope| {
                let mut scratch = self.scratch.take();
                let mut delivery: Option<(Kind, Value<'_>, i32)> = None;
                let outcome = entry.lock().read(&mut scratch, |arrived| {
                    delivery = Some(self.deliver(scope, entry.is_lines, arrived));
                });
                scratch.shrink_to(KEEP);
                self.scratch.replace(scratch);
                let mut carried = -1;
                match outcome {
                    Outcome::Empty => return None,
                    Outcome::Ended(error) => {
                        entry.reading.set(false);
                        entry.watch(entry.lock().is_blocked());
                        delivery = Some((Kind::Ended, scope.undefined(), error.map_or(0, Errno::negated)));
                    }
                    Outcome::Read { more, oversized, fd } => {
                        go_on = more;
                        if let Some(fd) = fd {
                            carried = fd.into_raw_fd();
                        }
                        if oversized > 0 && delivery.is_none() {
                            delivery = Some((Kind::Oversized, scope.undefined(), oversized as i32));
                        } else if carried >= 0 && delivery.is_none() {
                            delivery = Some((Kind::Descriptor, scope.undefined(), 0));
                        }
                    }
                }
                let (kind, payload, count) = delivery?;
                Some([
                    scope.double(f64::from(id)),
                    scope.int(kind as i32),
                    payload,
                    scope.int(count),
                    scope.int(carried),
                ])
            });
            if !go_on || !entry.reading.get() || entry.lingering.get() {
                return;
            }
        }
    }

    fn deliver<'s>(&self, scope: &'s Scope, is_lines: bool, arrived: Arrived<'_>) -> (Kind, Value<'s>, i32) {
        match (is_lines, arrived) {
            (true, Arrived::Borrowed(frames)) => {
                let mut text = self.text.take();
                let count = join_lines(&frames, &self.nonce, &mut text);
                let value = string(scope, &text, &mut self.wide.borrow_mut());
                text.clear();
                text.shrink_to(KEEP);
                self.text.replace(text);
                (Kind::Lines, value, count as i32)
            }
            (true, Arrived::Owned(line)) => {
                (Kind::Lines, string(scope, &line[..line.len() - 1], &mut self.wide.borrow_mut()), 1)
            }
            (false, Arrived::Borrowed(frames)) if frames.head.is_empty() => {
                (Kind::Bodies, scope.buffer_copy(frames.body), 0)
            }
            (false, Arrived::Borrowed(frames)) => {
                (Kind::Bodies, scope.buffer_copy(&[frames.head, frames.body].concat()), 0)
            }
            (false, Arrived::Owned(mut frames)) => {
                frames.shrink_to_fit();
                (Kind::Bodies, scope.external_buffer(frames), 0)
            }
        }
    }

    fn tell(&self, id: u32, kind: Kind, count: i32) {
        let callback = self.callback.borrow().clone();
        if let Some(callback) = callback {
            callback.call(|scope| {
                [
                    scope.double(f64::from(id)),
                    scope.int(kind as i32),
                    scope.undefined(),
                    scope.int(count),
                    scope.int(-1),
                ]
            });
        }
    }

    fn remove(&self, id: u32) {
        let entry = self.table.borrow_mut().remove(&id);
        if let Some(entry) = entry {
            entry.poll.take();
        }
    }

    /// Runs a step that sends, and watches for room when bytes are left over.
    fn sending(&self, id: u32, step: impl FnOnce(&mut Channel) -> Result<(), Errno>) -> i32 {
        let Some(entry) = self.entry(id) else { return Errno(nix::libc::EPIPE).negated() };
        let mut channel = entry.lock();
        let was_blocked = channel.is_blocked();
        let result = step(&mut channel);
        let is_blocked = channel.is_blocked();
        drop(channel);
        if is_blocked != was_blocked {
            entry.watch(is_blocked);
        }
        result.map_or_else(Errno::negated, |()| 0)
    }
}

/// A V8 string. ASCII, the common case, takes the short way and half the memory of two-byte text.
fn string<'s>(scope: &'s Scope, text: &[u8], wide: &mut Vec<u16>) -> Value<'s> {
    if text.is_ascii() {
        return scope.latin1(text);
    }
    let value = if json::utf8_to_utf16(text, wide) { scope.utf16(wide) } else { scope.utf8(text) };
    wide.shrink_to(KEEP);
    value
}

/// Opens a channel over the descriptor `fd`, which it takes over; reading starts with `channelRead`.
/// Returns the channel's id, or -errno.
#[napi]
pub fn channel_open(env: Env, fd: i32, advanced: bool, is_child: bool) -> i32 {
    let wire = if advanced { Wire::Lengths } else { Wire::Lines };
    Channels::of(&env)
        .and_then(|channels| channels.open(fd, wire, is_child))
        .map_or_else(Errno::negated, |id| id as i32)
}

/// A socket whose other end is closed, for the channel of a child that could not be started: it behaves as
/// the channel of a child that died at once. A descriptor, or -errno.
#[napi]
pub fn channel_dead_end() -> i32 {
    socket::dead_end().map_or_else(Errno::negated, IntoRawFd::into_raw_fd)
}

/// Sets the environment's callback, see `Kind`. Returns the nonce that joins lines.
#[napi]
pub fn on_channel(env: Env, callback: Function<'_, (), ()>) -> u32 {
    let Ok(channels) = Channels::of(&env) else { return 0 };
    channels.callback.replace(Callback::new(&env, callback).ok().map(Rc::new));
    channels.nonce.parse().unwrap_or(0)
}

/// The block in which messages are staged (see `src/sys/staging.rs`), or undefined where this host allows
/// no such memory.
#[napi(ts_return_type = "ArrayBuffer | undefined")]
pub fn channel_staging(env: Env, id: u32) -> napi::Result<napi::Unknown<'static>> {
    let scope = Scope::of(&env);
    let block = Channels::of(&env)
        .ok()
        .and_then(|channels| channels.entry(id))
        .and_then(|entry| entry.lock().staging().ok())
        .and_then(|staging| scope.external_array_buffer(Shared(staging)));
    scope.into_unknown(block)
}

/// Writes what is staged. 0 or -errno.
#[napi]
pub fn channel_flush(env: Env, id: u32) -> i32 {
    Channels::of(&env).map_or_else(Errno::negated, |channels| channels.sending(id, Channel::flush))
}

/// Sends `text` and a line end behind what is staged, with the descriptor `fd` unless that is -1.
/// `ascii`: the caller has made sure that the text is plain ASCII. 0 or -errno.
#[napi]
pub fn channel_send_text(env: Env, id: u32, text: JsString<'_>, ascii: bool, fd: i32) -> napi::Result<i32> {
    let mut bytes = if ascii { text.into_latin1()?.take() } else { text.into_utf8()?.take() };
    bytes.push(b'\n');
    Ok(send(&env, id, bytes.into(), fd))
}

/// Sends `bytes` behind what is staged, with the descriptor `fd` unless that is -1. 0 or -errno.
#[napi]
pub fn channel_send_bytes(env: Env, id: u32, bytes: &[u8], fd: i32) -> i32 {
    send(&env, id, bytes.into(), fd)
}

fn send(env: &Env, id: u32, bytes: std::borrow::Cow<'_, [u8]>, fd: i32) -> i32 {
    Channels::of(env).map_or_else(Errno::negated, |channels| {
        socket::with_borrowed(fd, |fd| channels.sending(id, |channel| channel.send(bytes, fd)))
    })
}

/// Starts or stops reading.
#[napi]
pub fn channel_read(env: Env, id: u32, on: bool) {
    if let Some(entry) = Channels::of(&env).ok().and_then(|channels| channels.entry(id)) {
        entry.reading.set(on);
        let blocked = entry.lock().is_blocked();
        entry.watch(blocked);
    }
}

/// Reads and delivers all that is there, now: before an exit is told, what the child had sent is.
#[napi]
pub fn channel_read_now(env: Env, id: u32) {
    if let Ok(channels) = Channels::of(&env)
        && let Some(entry) = channels.entry(id)
        && entry.reading.get()
    {
        channels.read(id, &entry, usize::MAX);
    }
}

/// Says whether the channel keeps the loop alive.
#[napi]
pub fn channel_ref(env: Env, id: u32, on: bool) {
    if let Some(entry) = Channels::of(&env).ok().and_then(|channels| channels.entry(id))
        && let Some(poll) = &*entry.poll.borrow()
    {
        poll.set_ref(on);
    }
}

/// Whether a message has begun to arrive and not ended.
#[napi]
pub fn channel_is_partial(env: Env, id: u32) -> bool {
    let entry = Channels::of(&env).ok().and_then(|channels| channels.entry(id));
    entry.is_some_and(|entry| entry.lock().is_partial())
}

/// Closes the channel once what it accepted is written; it reads no more and its id is invalid from now on.
#[napi]
pub fn channel_close(env: Env, id: u32) {
    let Ok(channels) = Channels::of(&env) else { return };
    let Some(entry) = channels.entry(id) else { return };
    entry.reading.set(false);
    let flushed = entry.lock().flush();
    let blocked = flushed.is_ok() && entry.lock().is_blocked();
    if blocked {
        entry.lingering.set(true);
        if let Some(poll) = &*entry.poll.borrow() {
            poll.set_ref(true);
        }
        entry.watch(true);
    } else {
        channels.remove(id);
    }
}

/// Whether JSON has to escape anything in `text` (a control character, a quote, a backslash, half a surrogate
/// pair; any surrogate counts). `ascii`: the caller has made sure that the text is plain ASCII.
#[napi]
pub fn needs_escape(env: Env, text: JsString<'_>, ascii: bool) -> bool {
    Scope::of(&env)
        .look_at_string(&text, ascii, json::latin1_needs_escape, json::utf16_needs_escape)
        .unwrap_or(true)
}

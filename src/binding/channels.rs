//! The channels of one environment: watched on its loop, frames delivered many at a time to one callback.
//!
//! A channel's lock is held only inside Rust, never while JavaScript runs: a listener may send on, close or
//! drain the very channel that its message came from.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::os::fd::AsRawFd;
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use napi::Env;
use napi::bindgen_prelude::Object;

use super::env::{Environment, Tenant};
use super::numbers::Numbers;
use super::turn::Turn;
use crate::error::Errno;
use crate::ipc::channel::{Arrived, Channel, Outcome, READ};
use crate::ipc::exit;
use crate::ipc::flusher;
use crate::ipc::frame::{Framer, Wire};
use crate::ipc::json;
use crate::ipc::lines::join_lines;
use crate::sys::node_api::{AsyncContext, Callback, RawEnv, Scope, Value};
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
    /// Only a descriptor came (or was lost), with a message that has not ended yet.
    Descriptor = 5,
    /// A turn of the loop ends and something is still staged.
    Held = 6,
}

/// In the place of a descriptor: none came.
const NONE: i32 = -1;
/// In the place of a descriptor: one was lost on the way.
const LOST: i32 = -2;

/// Reads that one wake-up makes before others get their turn.
const READS: usize = 8;

/// Where a wake-up has lasted this long, others get their turn before the next read; and where one read's messages have
/// kept JavaScript busy for so long, the next read takes less.
const LONG: Duration = Duration::from_millis(10);

/// The least that a read takes then.
const LEAST: usize = 4 * 1024;

/// Read buffers above this size are given back.
const KEEP: usize = 1024 * 1024;

pub(super) struct Entry {
    id: u32,
    channel: Arc<Mutex<Channel>>,
    /// Of all that the channel calls: that of its opener.
    context: AsyncContext,
    /// A forked child's channel to its parent.
    pub(super) is_child: bool,
    pub(super) poll: RefCell<Option<Poll>>,
    watches_room: Cell<bool>,
    pub(super) reading: Cell<bool>,
    /// Closed by JavaScript; stays only until what it accepted is written.
    pub(super) lingering: Cell<bool>,
    /// In this turn of the loop.
    pub(super) has_written: Cell<bool>,
    /// How much a read takes.
    room: Cell<usize>,
}

impl Entry {
    pub(super) fn lock(&self) -> MutexGuard<'_, Channel> {
        self.channel.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn watch_staging(&self) {
        flusher::watch(&self.channel);
        exit::expect_own_signals();
    }

    /// After a read whose messages took so long.
    fn adapt(&self, took: Duration) {
        let room = self.room.get();
        if took >= LONG {
            self.room.set(LEAST.max(room / 2));
        } else if room < READ && took < LONG / 4 {
            self.room.set(room * 2);
        }
    }

    pub(super) fn watch(&self, blocked: bool) {
        self.watches_room.set(blocked);
        if let Some(poll) = &*self.poll.borrow() {
            // A descriptor that epoll knows already cannot fail to be watched.
            let _ = poll.start(self.reading.get(), blocked);
        }
    }

    /// Has room watched for where something waits for it, and no longer where nothing does.
    pub(super) fn watch_room(&self, blocked: bool) {
        if blocked != self.watches_room.get() {
            self.watch(blocked);
        }
    }
}

/// The channels of one environment.
pub(super) struct Channels {
    /// That of the environment, whichever loading of the addon it was that opened a channel.
    pub(super) env: RawEnv,
    lp: Loop,
    numbers: Rc<Numbers>,
    turn: Rc<Turn>,
    this: Weak<Channels>,
    pub(super) callback: RefCell<Option<Rc<Callback>>>,
    table: RefCell<BTreeMap<u32, Rc<Entry>>>,
    next: Cell<u32>,
    pub(super) nonce: String,
    scratch: RefCell<Vec<u8>>,
    text: RefCell<Vec<u8>>,
    wide: RefCell<Vec<u16>>,
}

/// The tenant is a shared pointer, so that loop callbacks can hold a weak one.
struct Room(Rc<Channels>);

impl Tenant for Room {
    fn settle(environment: &Environment) -> Result<Self, Errno> {
        let nonce = nonce().to_string();
        let lp = environment.event_loop();
        Ok(Room(Rc::new_cyclic(|this| Channels {
            env: environment.raw(),
            lp: lp.clone(),
            numbers: environment.numbers().clone(),
            turn: Turn::new(lp, on_held(this.clone())),
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
        let table = self.0.table.take();
        // What was sent in the last moment, in a listener of 'exit', found the socket full.
        exit::finish(table.values().map(|entry| (entry.lock(), entry.is_child || entry.lingering.get())));
        for entry in table.values() {
            entry.poll.take();
        }
        self.0.callback.take();
        self.0.turn.close();
    }
}

fn on_held(channels: Weak<Channels>) -> Box<dyn Fn(&Entry)> {
    Box::new(move |entry| {
        if let Some(channels) = channels.upgrade() {
            channels.tell(entry.id, entry, Kind::Held, 0);
        }
    })
}

/// Nine digits that a peer cannot know, small enough for V8 to keep without a heap object.
fn nonce() -> u32 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    let random = RandomState::new().build_hasher().finish();
    100_000_000 + (random % 900_000_000) as u32
}

impl Channels {
    pub(super) fn of(env: &Env) -> Result<Rc<Channels>, Errno> {
        Ok(Environment::of(env)?.tenant::<Room>()?.0.clone())
    }

    pub(super) fn entry(&self, id: u32) -> Option<Rc<Entry>> {
        self.table.borrow().get(&id).cloned()
    }

    pub(super) fn open(
        &self,
        fd: i32,
        framer: Framer,
        is_child: bool,
        resource: Object<'_>,
    ) -> Result<u32, Errno> {
        let socket = self.numbers.take(fd)?;
        let context = AsyncContext::new(self.env, resource, c"RSCHANNEL")?;
        let raw = socket.as_raw_fd();
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
        let channel = Arc::new(Mutex::new(Channel::new(socket, framer)));
        exit::list(&channel, is_child);
        let entry = Entry {
            id,
            channel,
            context,
            is_child,
            poll: RefCell::new(Some(poll)),
            watches_room: Cell::new(false),
            reading: Cell::new(false),
            lingering: Cell::new(false),
            has_written: Cell::new(false),
            room: Cell::new(READ),
        };
        self.table.borrow_mut().insert(id, Rc::new(entry));
        Ok(id)
    }

    fn on_ready(&self, id: u32, ready: Ready) {
        let Some(entry) = self.entry(id) else { return };
        // Reading comes first: of a peer that died, its end is told before the fate of what it did not take.
        if (ready.readable || ready.error.is_some()) && entry.reading.get() {
            self.read(id, &entry, READS, false);
        }
        if (ready.writable || ready.error.is_some()) && self.entry(id).is_some() {
            self.write(id, &entry);
        }
    }

    fn write(&self, id: u32, entry: &Entry) {
        let result = entry.lock().drain();
        if let Ok(false) = result {
            // Some of it may be written: callbacks of finished sends need not wait for the rest.
            self.tell(id, entry, Kind::Drained, 0);
            return;
        }
        entry.watch(false);
        if entry.lingering.get() {
            self.remove(id);
            return;
        }
        self.tell(id, entry, Kind::Drained, result.map_or_else(Errno::negated, |_| 0));
    }

    /// Reads and delivers, at most `reads` times, until little is left or JavaScript has had enough. `to_the_end`:
    /// until nothing is left, and the peer's end is seen if it is there.
    pub(super) fn read(&self, id: u32, entry: &Entry, reads: usize, to_the_end: bool) {
        let Some(callback) = self.callback.borrow().clone() else { return };
        let begin = Instant::now();
        let mut last = Duration::ZERO;
        for turn in 0.. {
            // What the socket knows no more of would never wake us up again.
            let is_over = turn >= reads || (last >= LONG && !to_the_end);
            if is_over && !entry.lock().has_rest() {
                return;
            }
            let mut go_on = false;
            callback.call_in(&entry.context, |scope| {
                let mut scratch = self.scratch.take();
                let mut delivery: Option<(Kind, Value<'_>, i32)> = None;
                let outcome = entry.lock().read(&mut scratch, entry.room.get(), |wire, arrived| {
                    delivery = Some(self.deliver(scope, wire, arrived));
                });
                scratch.shrink_to(KEEP);
                self.scratch.replace(scratch);
                let mut carried = NONE;
                match outcome {
                    Outcome::Empty => return None,
                    Outcome::Ended(error) => {
                        delivery = Some((Kind::Ended, scope.undefined(), error.map_or(0, Errno::negated)));
                    }
                    Outcome::Read { more, oversized, fd, lost } => {
                        go_on = more || to_the_end;
                        if let Some((Kind::Ended, ..)) = delivery {
                            // A descriptor that came with what cannot be delivered is closed.
                        } else if let Some(fd) = fd {
                            carried = self.numbers.give(fd);
                        } else if lost {
                            carried = LOST;
                        }
                        if oversized > 0 && delivery.is_none() {
                            delivery = Some((Kind::Oversized, scope.undefined(), oversized as i32));
                        } else if carried != NONE && delivery.is_none() {
                            delivery = Some((Kind::Descriptor, scope.undefined(), 0));
                        }
                    }
                }
                let (kind, payload, count) = delivery?;
                if let Kind::Ended = kind {
                    entry.reading.set(false);
                    entry.watch(entry.lock().is_blocked());
                }
                Some([
                    scope.double(f64::from(id)),
                    scope.int(kind as i32),
                    payload,
                    scope.int(count),
                    scope.int(carried),
                ])
            });
            let now = begin.elapsed();
            entry.adapt(now - last);
            last = now;
            if !go_on || !entry.reading.get() || entry.lingering.get() {
                return;
            }
        }
    }

    fn deliver<'s>(&self, scope: &'s Scope, wire: Wire, arrived: Arrived<'_>) -> (Kind, Value<'s>, i32) {
        match (wire, arrived) {
            (Wire::Lines, Arrived::Borrowed(frames)) => {
                let mut text = self.text.take();
                let delivery = match join_lines(&frames, &self.nonce, &mut text) {
                    Ok(count) => {
                        (Kind::Lines, string(scope, &text, &mut self.wide.borrow_mut()), count as i32)
                    }
                    Err(error) => (Kind::Ended, scope.undefined(), Errno::from(error).negated()),
                };
                text.clear();
                text.shrink_to(KEEP);
                self.text.replace(text);
                delivery
            }
            (Wire::Lines, Arrived::Owned(line)) => {
                (Kind::Lines, string(scope, &line[..line.len() - 1], &mut self.wide.borrow_mut()), 1)
            }
            (Wire::Lengths, Arrived::Borrowed(frames)) if frames.head.is_empty() => {
                (Kind::Bodies, scope.buffer_copy(frames.body), 0)
            }
            (Wire::Lengths, Arrived::Borrowed(frames)) => {
                (Kind::Bodies, scope.buffer_join(frames.head, frames.body), 0)
            }
            (Wire::Lengths, Arrived::Owned(mut frames)) => {
                frames.shrink_to_fit();
                (Kind::Bodies, scope.external_buffer(frames), 0)
            }
        }
    }

    fn tell(&self, id: u32, entry: &Entry, kind: Kind, count: i32) {
        let callback = self.callback.borrow().clone();
        if let Some(callback) = callback {
            callback.call_in(&entry.context, |scope| {
                Some([
                    scope.double(f64::from(id)),
                    scope.int(kind as i32),
                    scope.undefined(),
                    scope.int(count),
                    scope.int(NONE),
                ])
            });
        }
    }

    pub(super) fn remove(&self, id: u32) {
        let entry = self.table.borrow_mut().remove(&id);
        if let Some(entry) = entry {
            entry.poll.take();
            // The call that led here, or the turn, may hold the entry for long.
            entry.lock().close();
        }
    }

    /// Writes what is staged.
    pub(super) fn flush(&self, id: u32) -> i32 {
        let result = self.sending(id, Channel::flush);
        if let Some(entry) = self.entry(id) {
            self.turn.brought(&entry);
        }
        result
    }

    /// Runs a step that sends, and watches for room when bytes are left over. -> 1 where some are, 0, or -errno.
    pub(super) fn sending(&self, id: u32, step: impl FnOnce(&mut Channel) -> Result<(), Errno>) -> i32 {
        let Some(entry) = self.entry(id) else { return Errno(nix::libc::EPIPE).negated() };
        let mut channel = entry.lock();
        let result = step(&mut channel);
        let is_blocked = channel.is_blocked();
        drop(channel);
        entry.watch_room(is_blocked);
        result.map_or_else(Errno::negated, |()| i32::from(is_blocked))
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

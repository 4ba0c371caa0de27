//! The open channels of one event loop: when each is read and written, and what is told of it.
//!
//! - Reading: a channel is read while its socket is ready, some reads at a time, so that others get their turn (see [`Channels::read`]).
//! - Writing: what finds no room waits in the channel, and is written when the socket has room.
//! - Closing: a channel that is closed while something waits stays until that is written.
//! - At the loop's end, and at exit: see [`super::exit`].
//!
//! Everything runs on the loop's own thread. A channel's lock is held only inside Rust, never while a listener runs: a listener may send on,
//! close or read the very channel that its message came from.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nix::libc;

use super::channel::{Channel, Outcome, READ};
use super::exit;
use super::frame::Framer;
use super::listener::{Carried, Listener, News};
use super::long_tick;
use super::turn::Turn;
use crate::error::Errno;
use crate::sys::staging::Staging;
use crate::sys::uv::{Loop, Poll, Ready};

/// Reads that one wake-up makes before others get their turn.
const READS: usize = 8;

/// Far more reads than a socket's buffer holds bytes for: only a grandchild that goes on writing gets this far, and
/// must not keep its grandparent here for ever.
const LAST_READS: usize = 1024;

/// Where a wake-up has lasted this long, others get their turn before the next read; and where one read's messages have
/// kept the listener busy for so long, the next read takes less.
const LONG: Duration = Duration::from_millis(10);

/// The least that a read takes then.
const LEAST: usize = 4 * 1024;

/// Read buffers above this size are given back.
const KEEP: usize = 1024 * 1024;

struct Entry<C> {
    id: u32,
    channel: Arc<Mutex<Channel>>,
    context: C,
    /// A forked child's channel to its parent.
    is_child: bool,
    poll: RefCell<Option<Poll>>,
    watches_room: Cell<bool>,
    is_reading: Cell<bool>,
    /// Closed by its owner; stays only until what it accepted is written.
    is_lingering: Cell<bool>,
    /// In this turn of the loop.
    has_written: Cell<bool>,
    /// How much a read takes.
    room: Cell<usize>,
}

impl<C> Entry<C> {
    fn lock(&self) -> MutexGuard<'_, Channel> {
        self.channel.lock().unwrap_or_else(PoisonError::into_inner)
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

    fn watch(&self, is_blocked: bool) {
        self.watches_room.set(is_blocked);
        if let Some(poll) = &*self.poll.borrow() {
            // A descriptor that epoll knows already cannot fail to be watched.
            let _ = poll.start(self.is_reading.get(), is_blocked);
        }
    }

    /// Has room watched for where something waits for it, and no longer where nothing does.
    fn watch_room(&self, is_blocked: bool) {
        if is_blocked != self.watches_room.get() {
            self.watch(is_blocked);
        }
    }

    fn set_ref(&self, on: bool) {
        if let Some(poll) = &*self.poll.borrow() {
            poll.set_ref(on);
        }
    }
}

/// See the module's text.
pub struct Channels<L: Listener> {
    lp: Loop,
    listener: L,
    /// Those that have written in this turn of the loop.
    turn: Rc<Turn<Rc<Entry<L::Context>>>>,
    this: Weak<Channels<L>>,
    table: RefCell<BTreeMap<u32, Rc<Entry<L::Context>>>>,
    next: Cell<u32>,
    scratch: RefCell<Vec<u8>>,
}

impl<L: Listener> Channels<L> {
    /// None yet.
    pub fn new(lp: &Loop, listener: L) -> Rc<Channels<L>> {
        Rc::new_cyclic(|this: &Weak<Channels<L>>| {
            let owner = this.clone();
            let on_end = move |written: &[Rc<Entry<L::Context>>]| {
                if let Some(channels) = owner.upgrade() {
                    channels.end_turn(written);
                }
            };
            Channels {
                lp: lp.clone(),
                listener,
                turn: Turn::new(lp, Box::new(on_end)),
                this: this.clone(),
                table: RefCell::default(),
                next: Cell::new(1),
                scratch: RefCell::default(),
            }
        })
    }

    /// Who is told.
    pub fn listener(&self) -> &L {
        &self.listener
    }

    fn entry(&self, id: u32) -> Option<Rc<Entry<L::Context>>> {
        self.table.borrow().get(&id).cloned()
    }

    /// Opens a channel over `socket`. `is_child`: what it has accepted is waited for at exit. Returns its id.
    pub fn open(
        &self,
        socket: OwnedFd,
        framer: Framer,
        is_child: bool,
        context: L::Context,
    ) -> Result<u32, Errno> {
        let raw = socket.as_raw_fd();
        let id = self.next.get();
        self.next.set(id.wrapping_add(1));
        let this = self.this.clone();
        let on_ready = move |ready| {
            if let Some(channels) = this.upgrade() {
                channels.on_ready(id, ready);
            }
        };
        let poll = Poll::new(&self.lp, raw, Box::new(on_ready))?;
        let channel = Arc::new(Mutex::new(Channel::new(socket, framer)));
        exit::list(&channel, is_child);
        let entry = Entry {
            id,
            channel,
            context,
            is_child,
            poll: RefCell::new(Some(poll)),
            watches_room: Cell::new(false),
            is_reading: Cell::new(false),
            is_lingering: Cell::new(false),
            has_written: Cell::new(false),
            room: Cell::new(READ),
        };
        self.table.borrow_mut().insert(id, Rc::new(entry));
        Ok(id)
    }

    fn on_ready(&self, id: u32, ready: Ready) {
        let Some(entry) = self.entry(id) else { return };
        // Reading comes first: of a peer that died, its end is told before the fate of what it did not take.
        if (ready.readable || ready.error.is_some()) && entry.is_reading.get() {
            self.read(&entry, READS, false);
        }
        if (ready.writable || ready.error.is_some()) && self.entry(id).is_some() {
            self.write(&entry);
        }
    }

    fn write(&self, entry: &Entry<L::Context>) {
        let result = entry.lock().drain();
        if let Ok(false) = result {
            // Some of it may be written: callbacks of finished sends need not wait for the rest.
            self.listener.tell(entry.id, &entry.context, |_| Some(News::Drained(Ok(()))));
            return;
        }
        entry.watch(false);
        if entry.is_lingering.get() {
            self.remove(entry.id);
            return;
        }
        self.listener.tell(entry.id, &entry.context, |_| Some(News::Drained(result.map(drop))));
    }

    /// Reads and delivers, at most `reads` times, until little is left or the listener has had enough. `to_the_end`:
    /// until nothing is left, and the peer's end is seen if it is there.
    fn read(&self, entry: &Entry<L::Context>, reads: usize, to_the_end: bool) {
        let begin = Instant::now();
        let mut last = Duration::ZERO;
        for round in 0.. {
            // What the socket knows no more of would never wake us up again.
            let is_over = round >= reads || (last >= LONG && !to_the_end);
            if is_over && !entry.lock().has_rest() {
                return;
            }
            let mut goes_on = false;
            self.listener.tell(entry.id, &entry.context, |scope| {
                let (news, more) = self.read_once(entry, scope);
                goes_on = more.is_some_and(|more| more || to_the_end);
                news
            });
            let now = begin.elapsed();
            entry.adapt(now - last);
            last = now;
            if !goes_on || !entry.is_reading.get() || entry.is_lingering.get() {
                return;
            }
        }
    }

    /// What one read brought, if that is to be told, and whether there may be more; None where nothing was read.
    fn read_once<'s>(
        &self,
        entry: &Entry<L::Context>,
        scope: &'s L::Scope,
    ) -> (Option<News<L::Payload<'s>>>, Option<bool>) {
        let mut scratch = self.scratch.take();
        let mut payload = None;
        let outcome = entry.lock().read(&mut scratch, entry.room.get(), |wire, arrived| {
            payload = Some((wire, self.listener.payload(scope, wire, arrived)));
        });
        scratch.shrink_to(KEEP);
        self.scratch.replace(scratch);
        let (news, more) = match outcome {
            Outcome::Empty => (None, None),
            Outcome::Ended(error) => (Some(News::Ended(error)), None),
            Outcome::Read { more, oversized, fd, lost } => {
                let fd = match fd {
                    Some(fd) => Carried::Descriptor(fd),
                    None if lost => Carried::Lost,
                    None => Carried::Nothing,
                };
                let news = match (payload, fd) {
                    (Some((wire, Ok((payload, count)))), fd) => {
                        Some(News::Messages { wire, payload, count, fd })
                    }
                    // A descriptor that came with what cannot be delivered is closed.
                    (Some((_, Err(error))), _) => Some(News::Ended(Some(error))),
                    (None, fd) if oversized > 0 => Some(News::Oversized(oversized, fd)),
                    (None, Carried::Nothing) => None,
                    (None, fd) => Some(News::Descriptor(fd)),
                };
                (news, Some(more))
            }
        };
        if let Some(News::Ended(_)) = news {
            entry.is_reading.set(false);
            entry.watch(entry.lock().is_blocked());
        }
        (news, more)
    }

    /// Starts or stops reading.
    pub fn set_reading(&self, id: u32, on: bool) {
        if let Some(entry) = self.entry(id) {
            entry.is_reading.set(on);
            let is_blocked = entry.lock().is_blocked();
            entry.watch(is_blocked);
        }
    }

    /// Reads and delivers all that is there, now.
    pub fn read_now(&self, id: u32) {
        if let Some(entry) = self.entry(id)
            && entry.is_reading.get()
        {
            self.read(&entry, LAST_READS, true);
        }
    }

    /// Says whether the channel keeps the loop alive.
    pub fn set_ref(&self, id: u32, on: bool) {
        if let Some(entry) = self.entry(id) {
            entry.set_ref(on);
        }
    }

    /// Whether a message has begun to arrive and not ended.
    pub fn is_partial(&self, id: u32) -> bool {
        self.entry(id).is_some_and(|entry| entry.lock().is_partial())
    }

    /// The block in which messages are staged.
    pub fn staging(&self, id: u32) -> Result<Arc<Staging>, Errno> {
        exit::expect_own_signals();
        self.entry(id).ok_or(Errno(libc::EPIPE))?.lock().staging()
    }

    /// Writes what is staged. Whether something waits for room.
    pub fn flush(&self, id: u32) -> Result<bool, Errno> {
        let result = self.sending(id, Channel::flush);
        if let Some(entry) = self.entry(id) {
            self.has_written(&entry);
        }
        result
    }

    /// Sends `bytes` behind what is staged, with a descriptor. Whether something waits for room.
    pub fn send(&self, id: u32, bytes: Cow<'_, [u8]>, fd: Option<BorrowedFd<'_>>) -> Result<bool, Errno> {
        self.sending(id, |channel| channel.send(bytes, fd))
    }

    /// Runs a step that sends, and watches for room when bytes are left over.
    fn sending(&self, id: u32, step: impl FnOnce(&mut Channel) -> Result<(), Errno>) -> Result<bool, Errno> {
        let entry = self.entry(id).ok_or(Errno(libc::EPIPE))?;
        let (result, is_blocked) = {
            let mut channel = entry.lock();
            (step(&mut channel), channel.is_blocked())
        };
        entry.watch_room(is_blocked);
        result.map(|()| is_blocked)
    }

    /// Staged messages of `entry` have been written. The first message of a turn is the first of its tick as well, and mostly the last:
    /// JavaScript need not ask for the end of the tick then. It sees in the channel's block whether there was one (see
    /// `src/sys/staging.rs`); the end of the turn takes the mark away.
    fn has_written(&self, entry: &Rc<Entry<L::Context>>) {
        // JavaScript may have taken the mark away meanwhile.
        entry.lock().mark_turn(true);
        if entry.has_written.replace(true) {
            // What comes third may be staged, for as long as JavaScript runs.
            long_tick::watch(&entry.channel);
            exit::expect_own_signals();
        } else {
            // Where there is no handle the mark stays, and every message of this channel asks for its tick.
            let _ = self.turn.add(entry.clone());
        }
    }

    /// A tick ends before its turn does, unless a listener runs the loop itself (deasync and its like): what is still staged at the end of
    /// a turn is waited for then, and JavaScript is told to write it.
    fn end_turn(&self, written: &[Rc<Entry<L::Context>>]) {
        let mut held = Vec::new();
        for entry in written {
            entry.has_written.set(false);
            let (is_held, is_blocked) = {
                let channel = entry.lock();
                channel.mark_turn(false);
                (channel.is_held(), channel.is_blocked())
            };
            // A signal against this process that did not end it may have left something.
            entry.watch_room(is_blocked);
            if is_held {
                held.push(entry);
            }
        }
        for entry in held {
            self.listener.tell(entry.id, &entry.context, |_| Some(News::Held));
        }
    }

    /// Closes the channel once what it accepted is written; it reads no more and its id is invalid from now on.
    pub fn close(&self, id: u32) {
        let Some(entry) = self.entry(id) else { return };
        entry.is_reading.set(false);
        let is_blocked = {
            let mut channel = entry.lock();
            // What of it is lost was told; what waits, maybe a message that has begun, is written all the same.
            let _ = channel.flush();
            channel.is_blocked()
        };
        if is_blocked {
            entry.is_lingering.set(true);
            // A parent must not hang on a child that does not read; when nothing else is left to do it waits as a child does.
            entry.set_ref(entry.is_child);
            entry.watch(true);
        } else {
            self.remove(id);
        }
    }

    fn remove(&self, id: u32) {
        let entry = self.table.borrow_mut().remove(&id);
        if let Some(entry) = entry {
            entry.poll.take();
            // The call that led here, or the turn, may hold the entry for long.
            entry.lock().close();
        }
    }

    /// Ends all channels: their loop ends.
    pub fn tear_down(&self) {
        let table = self.table.take();
        // What was sent in the last moment, in a listener of 'exit', found the socket full.
        exit::finish(table.values().map(|entry| (entry.lock(), entry.is_child || entry.is_lingering.get())));
        for entry in table.values() {
            entry.poll.take();
        }
        self.turn.close();
    }
}

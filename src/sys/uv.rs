//! The part of libuv that we need, from the Node binary that loaded us.
//!
//! Children and channels are watched on the event loop's own thread: a helper thread would add two hops
//! to every wake-up. libuv has no stable crate and its structs change size between versions, so the
//! functions are looked up in the running process once and handles are allocated with `uv_handle_size`;
//! nothing here knows a struct's layout. Where the symbols are missing (a test binary, an embedder that
//! hides them) making a handle fails with ENOSYS.
//!
//! # Safety
//! Everything runs on the loop's thread: the types here hold raw pointers and are therefore neither
//! `Send` nor `Sync`. A handle's memory is freed by its close callback and nowhere else, as libuv demands.
#![allow(unsafe_code)]

mod functions;

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::cell::{Cell, RefCell};
use std::ffi::{c_int, c_void};
use std::os::fd::RawFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;
use std::rc::Rc;
use std::time::{Duration, Instant};

use nix::libc;

use functions::{Functions, PhaseCallback, UvHandle, UvLoop, functions};

use crate::error::Errno;

const UV_CHECK: c_int = 2;
const UV_POLL: c_int = 8;
const UV_PREPARE: c_int = 9;
const UV_READABLE: c_int = 1;
const UV_WRITABLE: c_int = 2;

/// The event loop of one environment, and a count of the handles that we keep on it.
///
/// A worker's loop must be empty when its environment ends or Node aborts, so whoever tears down asks
/// [`Loop::when_empty`] before it lets Node go on.
#[derive(Clone)]
pub struct Loop {
    raw: NonNull<UvLoop>,
    open: Rc<OpenHandles>,
}

impl PartialEq for Loop {
    fn eq(&self, other: &Loop) -> bool {
        self.raw == other.raw
    }
}

type OnEmpty = Box<dyn FnOnce()>;

#[derive(Default)]
struct OpenHandles {
    count: Cell<usize>,
    on_empty: RefCell<Option<OnEmpty>>,
}

impl OpenHandles {
    fn closed_one(&self) {
        self.count.set(self.count.get() - 1);
        self.notify();
    }

    fn notify(&self) {
        if self.count.get() == 0
            && let Some(done) = self.on_empty.borrow_mut().take()
        {
            done();
        }
    }
}

impl Loop {
    /// Wraps what `napi_get_uv_event_loop` returned (see [`super::node_api::event_loop`]).
    ///
    /// # Safety
    /// `raw` is the loop of the calling thread and outlives every handle made on it.
    pub unsafe fn from_raw(raw: NonNull<c_void>) -> Loop {
        Loop { raw, open: Rc::default() }
    }

    /// Calls `done` once no handle of ours is left on the loop: at once, or from the last close callback.
    pub fn when_empty(&self, done: Box<dyn FnOnce()>) {
        *self.open.on_empty.borrow_mut() = Some(done);
        self.open.notify();
    }
}

/// A look takes about a microsecond; one that took so long was interrupted by another thread's turn.
const PUT_ASIDE: Duration = Duration::from_micros(10);

/// What a [`Loop::busy_poll`] came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Polled {
    /// The loop would not have slept; nothing was tried.
    Awake,
    /// Something is ready: the loop will not sleep.
    Ready,
    /// The time passed.
    Nothing,
    /// This thread was put aside meanwhile: others need its processor.
    Crowded,
}

impl Loop {
    /// Looks again and again, for at most `limit`, whether anything that the loop watches is ready. For a `prepare`
    /// callback: whatever comes, be it not ours, ends it at once.
    pub fn busy_poll(&self, limit: Duration) -> Polled {
        let Ok(functions) = functions() else { return Polled::Awake };
        // SAFETY: the loop of this thread, alive as long as handles are on it; both calls only read.
        let (fd, timeout) = unsafe {
            ((functions.backend_fd)(self.raw.as_ptr()), (functions.backend_timeout)(self.raw.as_ptr()))
        };
        if timeout == 0 || fd < 0 {
            return Polled::Awake;
        }
        let begin = Instant::now();
        let mut last = begin;
        loop {
            let mut entry = libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
            // SAFETY: one entry, alive for the call.
            if unsafe { libc::poll(&mut entry, 1, 0) } != 0 {
                return Polled::Ready;
            }
            // Whoever is to send may wait for this very processor.
            std::thread::yield_now();
            let now = Instant::now();
            if now - last > PUT_ASIDE {
                return Polled::Crowded;
            }
            if now - begin >= limit {
                return Polled::Nothing;
            }
            last = now;
        }
    }
}

/// What a watched descriptor is ready for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ready {
    /// Data, a connection, or the end of the stream can be read.
    pub readable: bool,
    /// There is room to write.
    pub writable: bool,
    /// The loop's poll failed; the descriptor should be given up (libuv reports EBADF here).
    pub error: Option<Errno>,
}

type OnEvent = Box<dyn FnMut(Ready)>;

/// What every kind of handle has: libuv's memory, our callback, and the way to close both.
struct Handle {
    state: NonNull<State>,
    functions: &'static Functions,
}

struct State {
    raw: NonNull<UvHandle>,
    layout: Layout,
    closing: Cell<bool>,
    /// Empty while the callback runs, so that the callback may drop its own handle.
    on_event: RefCell<Option<OnEvent>>,
    open: Rc<OpenHandles>,
}

impl Handle {
    /// Allocates and initialises; `init` is the call that does the latter.
    fn new(
        lp: &Loop,
        kind: c_int,
        on_event: OnEvent,
        init: impl FnOnce(&Functions, *mut UvLoop, *mut UvHandle) -> c_int,
    ) -> Result<Handle, Errno> {
        let functions = functions()?;
        // SAFETY: takes an enumeration value and returns a size, or usize::MAX for an unknown value.
        let size = unsafe { (functions.handle_size)(kind) };
        let layout = Layout::from_size_align(size, 16).map_err(|_| Errno(libc::ENOSYS))?;
        if size == 0 {
            return Err(Errno(libc::ENOSYS));
        }
        // SAFETY: the layout has a size other than zero.
        let raw = NonNull::new(unsafe { alloc_zeroed(layout) }).ok_or(Errno(libc::ENOMEM))?;
        let raw = raw.cast::<UvHandle>();
        let status = init(functions, lp.raw.as_ptr(), raw.as_ptr());
        if status < 0 {
            // SAFETY: allocated above with the same layout; a failed init leaves nothing on the loop.
            unsafe { dealloc(raw.as_ptr().cast(), layout) };
            return Err(Errno(-status));
        }
        lp.open.count.set(lp.open.count.get() + 1);
        let state = NonNull::from(Box::leak(Box::new(State {
            raw,
            layout,
            closing: Cell::new(false),
            on_event: RefCell::new(Some(on_event)),
            open: lp.open.clone(),
        })));
        // SAFETY: the handle was initialised; the state lives until `on_close`.
        unsafe { (functions.handle_set_data)(raw.as_ptr(), state.as_ptr().cast()) };
        Ok(Handle { state, functions })
    }

    fn raw(&self) -> *mut UvHandle {
        // SAFETY: freed only by `on_close`, which can come only after `drop` asked for it.
        unsafe { self.state.as_ref() }.raw.as_ptr()
    }

    fn set_ref(&self, referenced: bool) {
        let change = if referenced { self.functions.reference } else { self.functions.unreference };
        // SAFETY: an initialised handle that is not closing, on its own thread; both calls are idempotent.
        unsafe { change(self.raw()) };
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: the state is alive (see `raw`).
        unsafe { self.state.as_ref() }.closing.set(true);
        // SAFETY: initialised and closed exactly once, here; closing also stops. From now on the state belongs
        // to `on_close`.
        unsafe { (self.functions.close)(self.raw(), on_close) };
    }
}

/// A descriptor watched on the loop (`uv_poll_t`).
///
/// The descriptor stays the caller's and must stay open until this is dropped. libuv switches it to
/// non-blocking mode and allows one watcher for each descriptor. Dropping stops the watch at once
/// (`on_ready` is never called again) and frees memory and callback later, from libuv's close callback;
/// a callback may drop its own `Poll`. A panic of the callback ends there.
pub struct Poll(Handle);

impl Poll {
    /// Makes an inactive watcher for `fd`; `start` activates it.
    pub fn new(lp: &Loop, fd: RawFd, on_ready: Box<dyn FnMut(Ready)>) -> Result<Poll, Errno> {
        // SAFETY: the loop belongs to this thread (contract of `Loop::from_raw`), the memory has the size
        // that this libuv asks for.
        let init = |f: &Functions, lp, raw| unsafe { (f.poll_init)(lp, raw, fd) };
        Ok(Poll(Handle::new(lp, UV_POLL, on_ready, init)?))
    }

    /// Watches for the given directions from now on; replaces what was asked for before. With neither the
    /// watch stops.
    pub fn start(&self, readable: bool, writable: bool) -> Result<(), Errno> {
        if !readable && !writable {
            self.stop();
            return Ok(());
        }
        let events = if readable { UV_READABLE } else { 0 } | if writable { UV_WRITABLE } else { 0 };
        // SAFETY: an initialised handle that is not closing, on its own thread.
        let status = unsafe { (self.0.functions.poll_start)(self.0.raw(), events, on_poll) };
        if status < 0 { Err(Errno(-status)) } else { Ok(()) }
    }

    /// Pauses the watch.
    pub fn stop(&self) {
        // SAFETY: as in `start`; stopping an inactive handle is allowed and cannot fail.
        unsafe { (self.0.functions.poll_stop)(self.0.raw()) };
    }

    /// Says whether the watch, while active, keeps the loop alive (it does at first).
    pub fn set_ref(&self, referenced: bool) {
        self.0.set_ref(referenced);
    }
}

/// The moments of a loop's turn at which a [`Phase`] calls back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Right before the loop may sleep (`uv_prepare_t`).
    BeforeSleep,
    /// Right after its poll phase, before `setImmediate` (`uv_check_t`): for work that must come after all that the same
    /// poll found ready.
    AfterPoll,
}

/// A callback at one moment of every turn of the loop. Never keeps the loop alive. Lifetime and panics as for [`Poll`].
pub struct Phase {
    handle: Handle,
    start: unsafe extern "C" fn(*mut UvHandle, PhaseCallback) -> c_int,
    stop: unsafe extern "C" fn(*mut UvHandle) -> c_int,
}

impl Phase {
    /// Makes an inactive one.
    pub fn new(lp: &Loop, moment: Moment, mut on_phase: Box<dyn FnMut()>) -> Result<Phase, Errno> {
        let f = functions()?;
        let (kind, init, start, stop) = match moment {
            Moment::BeforeSleep => (UV_PREPARE, f.prepare_init, f.prepare_start, f.prepare_stop),
            Moment::AfterPoll => (UV_CHECK, f.check_init, f.check_start, f.check_stop),
        };
        // SAFETY: as in `Poll::new`.
        let init = |_: &Functions, lp, raw| unsafe { init(lp, raw) };
        let handle = Handle::new(lp, kind, Box::new(move |_| on_phase()), init)?;
        handle.set_ref(false);
        Ok(Phase { handle, start, stop })
    }

    /// Calls back in every turn of the loop from now on; harmless when it already does.
    pub fn start(&self) {
        // SAFETY: an initialised handle of the functions' kind that is not closing, on its own thread; cannot fail.
        unsafe { (self.start)(self.handle.raw(), on_phase) };
    }

    /// Calls no more.
    pub fn stop(&self) {
        // SAFETY: as in `start`.
        unsafe { (self.stop)(self.handle.raw()) };
    }
}

/// # Safety
/// Called by libuv with a handle made by `Poll::new`.
unsafe extern "C" fn on_poll(handle: *mut UvHandle, status: c_int, events: c_int) {
    let ready = Ready {
        readable: events & UV_READABLE != 0,
        writable: events & UV_WRITABLE != 0,
        error: (status < 0).then_some(Errno(-status)),
    };
    // SAFETY: passed on.
    unsafe { dispatch(handle, ready) };
}

/// # Safety
/// Called by libuv with a handle made by `Phase::new`.
unsafe extern "C" fn on_phase(handle: *mut UvHandle) {
    // SAFETY: passed on.
    unsafe { dispatch(handle, Ready::default()) };
}

/// # Safety
/// Within a callback of libuv for a handle made by `Handle::new`.
unsafe fn dispatch(handle: *mut UvHandle, event: Ready) {
    let Ok(functions) = functions() else { return };
    // SAFETY: the data pointer was set in `Handle::new`; libuv delivers nothing after the close callback, and
    // that callback cannot run inside this one.
    let state = unsafe { &*(functions.handle_get_data)(handle).cast::<State>() };
    let Some(mut on_event) = state.on_event.borrow_mut().take() else { return };
    // A panic must not reach libuv's C frames. Its message went to stderr by the panic hook.
    let _ = catch_unwind(AssertUnwindSafe(|| on_event(event)));
    if state.closing.get() {
        // What the callback owns may own other handles; let it go now rather than at the loop's leisure.
        let _ = catch_unwind(AssertUnwindSafe(move || drop(on_event)));
    } else {
        *state.on_event.borrow_mut() = Some(on_event);
    }
}

/// # Safety
/// Called by libuv once for each handle that `Handle::drop` closed.
unsafe extern "C" fn on_close(handle: *mut UvHandle) {
    let Ok(functions) = functions() else { return };
    // SAFETY: the state was leaked from a box in `Handle::new`; nothing else refers to it any more.
    let state = unsafe { Box::from_raw((functions.handle_get_data)(handle).cast::<State>()) };
    // SAFETY: allocated with this layout in `Handle::new`; libuv is done with the memory.
    unsafe { dealloc(state.raw.as_ptr().cast(), state.layout) };
    let open = state.open.clone();
    let _ = catch_unwind(AssertUnwindSafe(move || drop(state)));
    let _ = catch_unwind(AssertUnwindSafe(move || open.closed_one()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_of_node_a_handle_is_refused_instead_of_crashing() {
        let mut nothing = 0u8;
        // SAFETY: never dereferenced, because the symbols are absent from the test binary.
        let lp = unsafe { Loop::from_raw(NonNull::from(&mut nothing).cast()) };
        assert_eq!(Poll::new(&lp, 0, Box::new(|_| ())).err(), Some(Errno(libc::ENOSYS)));
    }

    #[test]
    fn an_empty_loop_says_so_at_once() {
        let mut nothing = 0u8;
        // SAFETY: as above.
        let lp = unsafe { Loop::from_raw(NonNull::from(&mut nothing).cast()) };
        let called = Rc::new(Cell::new(false));
        let seen = called.clone();
        lp.when_empty(Box::new(move || seen.set(true)));
        assert!(called.get());
    }
}

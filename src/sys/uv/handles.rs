//! Handles on the loop: a watched descriptor, a watched signal, a callback at one moment of every turn.
//!
//! Each owns memory of the size that this libuv asks for, and a state behind its data pointer. Every kind stops at once when
//! it is dropped; the memory goes when libuv has closed the handle.
//!
//! # Safety
//! As in the parent module.
#![allow(unsafe_code)]

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::ffi::c_int;
use std::os::fd::RawFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;
use std::rc::Rc;

use nix::libc;

use super::event_loop::{Loop, OpenHandles};
use super::functions::{Functions, PhaseCallback, UvHandle, UvLoop, functions};
use crate::error::Errno;

const UV_CHECK: c_int = 2;
const UV_IDLE: c_int = 6;
const UV_POLL: c_int = 8;
const UV_PREPARE: c_int = 9;
const UV_SIGNAL: c_int = 16;
const UV_READABLE: c_int = 1;
const UV_WRITABLE: c_int = 2;

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

type OnEvent = Rc<dyn Fn(Ready)>;

/// What every kind of handle has: libuv's memory, our callback, and the way to close both.
struct Handle {
    state: NonNull<State>,
    functions: &'static Functions,
}

struct State {
    raw: NonNull<UvHandle>,
    layout: Layout,
    on_event: OnEvent,
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
        let state =
            NonNull::from(Box::leak(Box::new(State { raw, layout, on_event, open: lp.open.clone() })));
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
/// a callback may drop its own `Poll`, and may run the loop. A panic of the callback ends there.
pub struct Poll(Handle);

impl Poll {
    /// Makes an inactive watcher for `fd`; `start` activates it.
    pub fn new(lp: &Loop, fd: RawFd, on_ready: Box<dyn Fn(Ready)>) -> Result<Poll, Errno> {
        // SAFETY: the loop belongs to this thread (contract of `Loop::from_raw`), the memory has the size
        // that this libuv asks for.
        let init = |f: &Functions, lp, raw| unsafe { (f.poll_init)(lp, raw, fd) };
        Ok(Poll(Handle::new(lp, UV_POLL, on_ready.into(), init)?))
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

/// A signal watched on the loop (`uv_signal_t`), with libuv's own handler, which all of a process's loops share. It needs no
/// descriptor: loops have theirs for signals from the first. Lifetime and panics as for [`Poll`].
pub struct Signal {
    handle: Handle,
    number: c_int,
}

impl Signal {
    /// Makes an inactive watcher for signal `number`.
    pub fn new(lp: &Loop, number: c_int, on_signal: Box<dyn Fn()>) -> Result<Signal, Errno> {
        // SAFETY: as in `Poll::new`.
        let init = |f: &Functions, lp, raw| unsafe { (f.signal_init)(lp, raw) };
        Ok(Signal { handle: Handle::new(lp, UV_SIGNAL, Rc::new(move |_| on_signal()), init)?, number })
    }

    /// Watches from now on; harmless when it already does.
    pub fn start(&self) -> Result<(), Errno> {
        // SAFETY: an initialised handle that is not closing, on its own thread.
        let status =
            unsafe { (self.handle.functions.signal_start)(self.handle.raw(), on_signal, self.number) };
        if status < 0 { Err(Errno(-status)) } else { Ok(()) }
    }

    /// Watches no more.
    pub fn stop(&self) {
        // SAFETY: as in `start`; cannot fail.
        unsafe { (self.handle.functions.signal_stop)(self.handle.raw()) };
    }

    /// As for [`Poll`].
    pub fn set_ref(&self, referenced: bool) {
        self.handle.set_ref(referenced);
    }
}

/// The moments of a loop's turn at which a [`Phase`] calls back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Right before the loop may sleep (`uv_prepare_t`).
    BeforeSleep,
    /// Before the loop polls, and then it does not sleep (`uv_idle_t`).
    InsteadOfSleep,
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
    pub fn new(lp: &Loop, moment: Moment, on_phase: Box<dyn Fn()>) -> Result<Phase, Errno> {
        let f = functions()?;
        let (kind, init, start, stop) = match moment {
            Moment::BeforeSleep => (UV_PREPARE, f.prepare_init, f.prepare_start, f.prepare_stop),
            Moment::InsteadOfSleep => (UV_IDLE, f.idle_init, f.idle_start, f.idle_stop),
            Moment::AfterPoll => (UV_CHECK, f.check_init, f.check_start, f.check_stop),
        };
        // SAFETY: as in `Poll::new`.
        let init = |_: &Functions, lp, raw| unsafe { init(lp, raw) };
        let handle = Handle::new(lp, kind, Rc::new(move |_| on_phase()), init)?;
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
/// Called by libuv with a handle made by `Signal::new`.
unsafe extern "C" fn on_signal(handle: *mut UvHandle, _: c_int) {
    // SAFETY: passed on.
    unsafe { dispatch(handle, Ready::default()) };
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
    // SAFETY: the data pointer was set in `Handle::new`; libuv delivers nothing after the close callback.
    let state = unsafe { &*(functions.handle_get_data)(handle).cast::<State>() };
    // A program may run the loop from inside the callback: other events of this handle come then, and it may be closed
    // and freed before the callback returns. So the callback is held here, and nothing of the handle is touched after it.
    let on_event = state.on_event.clone();
    // A panic must not reach libuv's C frames. Its message went to stderr by the panic hook.
    let _ = catch_unwind(AssertUnwindSafe(move || on_event(event)));
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
}

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

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::cell::{Cell, RefCell};
use std::ffi::{CStr, c_int, c_void};
use std::os::fd::RawFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;
use std::rc::Rc;
use std::sync::OnceLock;

use nix::libc;

use crate::error::Errno;

const UV_POLL: c_int = 8;
const UV_READABLE: c_int = 1;
const UV_WRITABLE: c_int = 2;
const UV_DISCONNECT: c_int = 4;

type UvLoop = c_void;
type UvHandle = c_void;
type PollCallback = unsafe extern "C" fn(*mut UvHandle, c_int, c_int);
type CloseCallback = unsafe extern "C" fn(*mut UvHandle);

/// The functions of libuv, resolved once.
struct Functions {
    handle_size: unsafe extern "C" fn(c_int) -> usize,
    handle_set_data: unsafe extern "C" fn(*mut UvHandle, *mut c_void),
    handle_get_data: unsafe extern "C" fn(*const UvHandle) -> *mut c_void,
    close: unsafe extern "C" fn(*mut UvHandle, CloseCallback),
    reference: unsafe extern "C" fn(*mut UvHandle),
    unreference: unsafe extern "C" fn(*mut UvHandle),
    poll_init: unsafe extern "C" fn(*mut UvLoop, *mut UvHandle, c_int) -> c_int,
    poll_start: unsafe extern "C" fn(*mut UvHandle, c_int, PollCallback) -> c_int,
    poll_stop: unsafe extern "C" fn(*mut UvHandle) -> c_int,
}

fn functions() -> Result<&'static Functions, Errno> {
    static TABLE: OnceLock<Option<Functions>> = OnceLock::new();
    TABLE.get_or_init(resolve).as_ref().ok_or(Errno(libc::ENOSYS))
}

fn resolve() -> Option<Functions> {
    /// # Safety
    /// `T` must be the function pointer type of the C function called `name`.
    unsafe fn symbol<T: Copy>(name: &CStr) -> Option<T> {
        const { assert!(size_of::<T>() == size_of::<*mut c_void>()) };
        // SAFETY: dlsym takes any string; the pseudo handle searches all loaded objects.
        let address = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
        if address.is_null() {
            return None;
        }
        // SAFETY: same size by the assertion above, right type by this function's contract.
        Some(unsafe { std::mem::transmute_copy::<*mut c_void, T>(&address) })
    }
    // SAFETY: the field types repeat the prototypes of uv.h, unchanged since libuv 1.19.
    unsafe {
        Some(Functions {
            handle_size: symbol(c"uv_handle_size")?,
            handle_set_data: symbol(c"uv_handle_set_data")?,
            handle_get_data: symbol(c"uv_handle_get_data")?,
            close: symbol(c"uv_close")?,
            reference: symbol(c"uv_ref")?,
            unreference: symbol(c"uv_unref")?,
            poll_init: symbol(c"uv_poll_init")?,
            poll_start: symbol(c"uv_poll_start")?,
            poll_stop: symbol(c"uv_poll_stop")?,
        })
    }
}

/// The event loop of one environment, and a count of the handles that we keep on it.
///
/// A worker's loop must be empty when its environment ends or Node aborts, so whoever tears down asks
/// [`Loop::when_empty`] before it lets Node go on.
#[derive(Clone)]
pub struct Loop {
    raw: NonNull<UvLoop>,
    open: Rc<OpenHandles>,
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

type OnReady = Box<dyn FnMut(Ready)>;

struct PollState {
    handle: NonNull<UvHandle>,
    layout: Layout,
    closing: Cell<bool>,
    /// Empty while the callback runs, so that the callback may drop its own `Poll`.
    on_ready: RefCell<Option<OnReady>>,
    open: Rc<OpenHandles>,
}

/// A descriptor watched on the loop (`uv_poll_t`).
///
/// The descriptor stays the caller's and must stay open until this is dropped. libuv switches it to
/// non-blocking mode and allows one watcher for each descriptor. Dropping stops the watch at once
/// (`on_ready` is never called again) and frees memory and callback later, from libuv's close callback;
/// a callback may drop its own `Poll`. A panic of the callback ends there.
pub struct Poll {
    state: NonNull<PollState>,
    functions: &'static Functions,
}

impl Poll {
    /// Makes an inactive watcher for `fd`; `start` activates it.
    pub fn new(lp: &Loop, fd: RawFd, on_ready: Box<dyn FnMut(Ready)>) -> Result<Poll, Errno> {
        let functions = functions()?;
        // SAFETY: takes an enumeration value and returns a size.
        let size = unsafe { (functions.handle_size)(UV_POLL) };
        let layout = Layout::from_size_align(size, 16).map_err(|_| Errno(libc::ENOSYS))?;
        if size == usize::MAX || size == 0 {
            return Err(Errno(libc::ENOSYS));
        }
        // SAFETY: the layout has a size other than zero.
        let handle =
            NonNull::new(unsafe { alloc_zeroed(layout) }).ok_or(Errno(libc::ENOMEM))?.cast::<UvHandle>();
        // SAFETY: the loop belongs to this thread (contract of `Loop::from_raw`), the memory has the size
        // that this libuv asks for.
        let status = unsafe { (functions.poll_init)(lp.raw.as_ptr(), handle.as_ptr(), fd) };
        if status < 0 {
            // SAFETY: allocated above with the same layout; a failed init leaves nothing on the loop.
            unsafe { dealloc(handle.as_ptr().cast(), layout) };
            return Err(Errno(-status));
        }
        lp.open.count.set(lp.open.count.get() + 1);
        let state = NonNull::from(Box::leak(Box::new(PollState {
            handle,
            layout,
            closing: Cell::new(false),
            on_ready: RefCell::new(Some(on_ready)),
            open: lp.open.clone(),
        })));
        // SAFETY: the handle was initialised; the state lives until `on_close`.
        unsafe { (functions.handle_set_data)(handle.as_ptr(), state.as_ptr().cast()) };
        Ok(Poll { state, functions })
    }

    fn state(&self) -> &PollState {
        // SAFETY: freed only by `on_close`, which can come only after `drop` asked for it.
        unsafe { self.state.as_ref() }
    }

    /// Watches for the given directions from now on; replaces what was asked for before. With neither the
    /// watch stops.
    pub fn start(&self, readable: bool, writable: bool) -> Result<(), Errno> {
        if !readable && !writable {
            self.stop();
            return Ok(());
        }
        let mut events = 0;
        if readable {
            events |= UV_READABLE;
        }
        if writable {
            events |= UV_WRITABLE;
        }
        // SAFETY: an initialised handle that is not closing, on its own thread.
        let status = unsafe { (self.functions.poll_start)(self.state().handle.as_ptr(), events, on_poll) };
        if status < 0 { Err(Errno(-status)) } else { Ok(()) }
    }

    /// Pauses the watch.
    pub fn stop(&self) {
        // SAFETY: as in `start`; stopping an inactive handle is allowed and cannot fail.
        unsafe { (self.functions.poll_stop)(self.state().handle.as_ptr()) };
    }

    /// Says whether the watch, while active, keeps the loop alive.
    pub fn set_ref(&self, referenced: bool) {
        let change = if referenced { self.functions.reference } else { self.functions.unreference };
        // SAFETY: as in `start`; both calls are idempotent.
        unsafe { change(self.state().handle.as_ptr()) };
    }
}

impl Drop for Poll {
    fn drop(&mut self) {
        let handle = self.state().handle;
        self.state().closing.set(true);
        // SAFETY: the handle is initialised and closed exactly once, here. From now on the state belongs to
        // `on_close`.
        unsafe {
            (self.functions.poll_stop)(handle.as_ptr());
            (self.functions.close)(handle.as_ptr(), on_close);
        }
    }
}

/// # Safety
/// Called by libuv with a handle made by `Poll::new`.
unsafe extern "C" fn on_poll(handle: *mut UvHandle, status: c_int, events: c_int) {
    let Ok(functions) = functions() else { return };
    // SAFETY: the data pointer was set in `Poll::new`; libuv delivers nothing after the close callback, and
    // that callback cannot run inside this one.
    let state = unsafe { &*(functions.handle_get_data)(handle).cast::<PollState>() };
    let Some(mut on_ready) = state.on_ready.borrow_mut().take() else { return };
    let ready = Ready {
        readable: events & (UV_READABLE | UV_DISCONNECT) != 0,
        writable: events & UV_WRITABLE != 0,
        error: (status < 0).then_some(Errno(-status)),
    };
    // A panic must not reach libuv's C frames. The message went to stderr by the panic hook.
    let _ = catch_unwind(AssertUnwindSafe(|| on_ready(ready)));
    if state.closing.get() {
        // What the callback owns may own other handles; let it go now rather than at loop's leisure.
        drop(on_ready);
    } else {
        *state.on_ready.borrow_mut() = Some(on_ready);
    }
}

/// # Safety
/// Called by libuv once for each handle that `Poll::drop` closed.
unsafe extern "C" fn on_close(handle: *mut UvHandle) {
    let Ok(functions) = functions() else { return };
    // SAFETY: the state was leaked from a box in `Poll::new`; nothing else refers to it any more.
    let state = unsafe { Box::from_raw((functions.handle_get_data)(handle).cast::<PollState>()) };
    // SAFETY: allocated with this layout in `Poll::new`; libuv is done with the memory.
    unsafe { dealloc(state.handle.as_ptr().cast(), state.layout) };
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

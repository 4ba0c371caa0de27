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
mod handles;

use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::ptr::NonNull;
use std::rc::Rc;

use functions::UvLoop;

pub use handles::{Moment, Phase, Poll, Ready, Signal};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_loop_says_so_at_once() {
        let mut nothing = 0u8;
        // SAFETY: never dereferenced, because no handle is made on it.
        let lp = unsafe { Loop::from_raw(NonNull::from(&mut nothing).cast()) };
        let called = Rc::new(Cell::new(false));
        let seen = called.clone();
        lp.when_empty(Box::new(move || seen.set(true)));
        assert!(called.get());
    }
}

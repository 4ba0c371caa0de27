//! The event loop of one environment, and what waits for the end of all our handles on it.
//!
//! # Safety
//! As in the parent module.
#![allow(unsafe_code)]

use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::ptr::NonNull;
use std::rc::Rc;

use super::functions::UvLoop;

/// The event loop of one environment, and a count of the handles that we keep on it.
///
/// A worker's loop must be empty when its environment ends or Node aborts, so whoever tears down asks
/// [`Loop::when_empty`] before it lets Node go on.
#[derive(Clone)]
pub struct Loop {
    pub(super) raw: NonNull<UvLoop>,
    pub(super) open: Rc<OpenHandles>,
}

impl PartialEq for Loop {
    fn eq(&self, other: &Loop) -> bool {
        self.raw == other.raw
    }
}

type OnEmpty = Box<dyn FnOnce()>;

#[derive(Default)]
pub(super) struct OpenHandles {
    pub(super) count: Cell<usize>,
    on_empty: RefCell<Option<OnEmpty>>,
}

impl OpenHandles {
    pub(super) fn closed_one(&self) {
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
    /// Wraps what `napi_get_uv_event_loop` returned (see `RawEnv::event_loop`).
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

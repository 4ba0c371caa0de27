//! Descriptors that a JavaScript object owns: closed with it, when nobody took them and the object is forgotten or its
//! environment ends. Nothing in JavaScript alone would do the latter for a worker thread.

use std::cell::RefCell;
use std::os::fd::{AsRawFd, OwnedFd};

use napi::Env;
use napi_derive::napi;

use super::env::{give, take};

/// One descriptor, or none any more.
#[napi]
pub struct Descriptor {
    owned: RefCell<Option<OwnedFd>>,
}

#[napi]
impl Descriptor {
    /// Takes `fd` over.
    #[napi(constructor)]
    pub fn new(env: Env, fd: i32) -> Descriptor {
        Descriptor { owned: RefCell::new(take(&env, fd).ok()) }
    }

    /// Its number, or -1.
    #[napi(getter, catch_unwind)]
    pub fn fd(&self) -> i32 {
        self.owned.borrow().as_ref().map_or(-1, AsRawFd::as_raw_fd)
    }

    /// Gives it to the caller: its number, or -1.
    #[napi(catch_unwind)]
    pub fn take(&self, env: Env) -> i32 {
        self.owned.take().map_or(-1, |fd| give(&env, fd))
    }

    /// Closes it.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.owned.take();
    }
}

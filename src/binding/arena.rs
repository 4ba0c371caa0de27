//! The two ends of a shared arena: one process puts blocks in, the other takes copies out.
//!
//! JavaScript never sees the memory itself. Every copy is one call, which costs nothing beside the bytes; the bounds are
//! checked here; and an arena can be unmapped at once instead of when some `ArrayBuffer` is collected.

use std::cell::RefCell;
use std::os::fd::{AsRawFd, OwnedFd};

use napi::bindgen_prelude::Uint8ArraySlice;
use napi::{Env, JsString};
use napi_derive::napi;
use nix::libc;

use crate::error::Errno;
use crate::ipc::arena::{Blocks, PAGE, pages};
use crate::sys::heap;
use crate::sys::mapping::{Mapping, Span};
use crate::sys::node_api::{Returned, Scope};
use crate::sys::os::sealed::{Incoming, make_outgoing};
use crate::sys::socket;

struct Outgoing {
    fd: Option<OwnedFd>,
    mapping: Mapping,
    blocks: Blocks,
}

impl Outgoing {
    /// Takes a block of `length` bytes and has it written.
    fn put(&mut self, length: usize, write: impl FnOnce(Span<'_>) -> bool) -> Option<u32> {
        let first = self.blocks.take(pages(length)?)?;
        let span = self.mapping.span(first as usize * PAGE, length);
        if span.is_some_and(write) {
            return Some(first);
        }
        self.blocks.release(first);
        None
    }
}

/// The sender's end. Blocks are named by their first page.
#[napi]
pub struct ArenaOut {
    inner: RefCell<Option<Outgoing>>,
}

#[napi]
impl ArenaOut {
    /// Without memory.
    #[napi(constructor)]
    #[allow(clippy::new_without_default)]
    pub fn new() -> ArenaOut {
        ArenaOut { inner: RefCell::default() }
    }

    /// Makes the memory, `bytes` long. 0 or -errno.
    #[napi(catch_unwind)]
    pub fn create(&self, bytes: u32) -> i32 {
        let size = bytes as usize;
        let Some(count) = pages(size).filter(|_| size > 0 && size.is_multiple_of(PAGE)) else {
            return Errno(libc::EINVAL).negated();
        };
        match make_outgoing(size) {
            Ok((fd, mapping)) => {
                self.inner.replace(Some(Outgoing { fd: Some(fd), mapping, blocks: Blocks::new(count) }));
                0
            }
            Err(error) => error.negated(),
        }
    }

    /// The descriptor for the other end, until `sent`; -1 afterwards.
    #[napi(catch_unwind)]
    pub fn fd(&self) -> i32 {
        let inner = self.inner.borrow();
        inner.as_ref().and_then(|arena| arena.fd.as_ref()).map_or(-1, AsRawFd::as_raw_fd)
    }

    /// The descriptor is needed no more.
    #[napi(catch_unwind)]
    pub fn sent(&self) {
        if let Some(arena) = &mut *self.inner.borrow_mut() {
            arena.fd = None;
        }
    }

    /// Copies `bytes` into a block. Its first page, or -1 where there is no room.
    #[napi(catch_unwind)]
    pub fn put(&self, bytes: Uint8ArraySlice<'_>) -> i32 {
        let bytes = bytes.as_ref();
        let page = match &mut *self.inner.borrow_mut() {
            Some(arena) => arena.put(bytes.len(), |span| span.write(bytes)),
            None => None,
        };
        page.map_or(-1, |page| page as i32)
    }

    /// Copies the `length` units of `text` into a block, as Latin-1 (of which the caller has made sure) or UTF-16.
    #[napi(catch_unwind)]
    pub fn put_text(&self, env: Env, text: JsString<'_>, length: u32, wide: bool) -> i32 {
        // Node-API ends every text with a zero.
        let size = (length as usize + 1) * if wide { 2 } else { 1 };
        let scope = Scope::of(&env);
        let page = match &mut *self.inner.borrow_mut() {
            Some(arena) => arena.put(size, |span| scope.write_text(&text, wide, span)),
            None => None,
        };
        page.map_or(-1, |page| page as i32)
    }

    /// Gives the block that begins at `page` back. False where none does.
    #[napi(catch_unwind)]
    pub fn release(&self, page: u32) -> bool {
        self.inner.borrow_mut().as_mut().is_some_and(|arena| arena.blocks.release(page))
    }

    /// How many bytes are taken.
    #[napi(catch_unwind)]
    pub fn held(&self) -> f64 {
        self.inner.borrow().as_ref().map_or(0.0, |arena| f64::from(arena.blocks.held()) * PAGE as f64)
    }

    /// Unmaps the memory; the other end's mapping stays.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.inner.replace(None);
    }
}

/// The receiver's end.
#[napi]
pub struct ArenaIn {
    memory: RefCell<Option<Incoming>>,
}

#[napi]
impl ArenaIn {
    /// Without memory.
    #[napi(constructor)]
    #[allow(clippy::new_without_default)]
    pub fn new() -> ArenaIn {
        ArenaIn { memory: RefCell::default() }
    }

    /// Maps the memory behind `fd`, which stays the caller's, after making sure that it is `bytes` long and cannot go
    /// away. 0 or -errno.
    #[napi(catch_unwind)]
    pub fn open(&self, fd: i32, bytes: u32) -> i32 {
        let memory = socket::with_borrowed(fd, |fd| match fd {
            Some(fd) => Incoming::of(fd, bytes as usize),
            None => Err(Errno(libc::EBADF)),
        });
        memory.map_or_else(Errno::negated, |memory| {
            self.memory.replace(Some(memory));
            0
        })
    }

    /// A `Buffer` with a copy of `length` bytes from `page` on; undefined where there are not so many.
    #[napi(catch_unwind)]
    pub fn take(&self, env: Env, page: u32, length: u32) -> Returned {
        let scope = Scope::of(&env);
        let mut memory = self.memory.borrow_mut();
        heap::received(length as usize);
        let span = span(&mut memory, page, length as usize);
        span.map_or_else(|| scope.undefined(), |span| scope.buffer_of(span)).into()
    }

    /// A string of `length` units from `page` on; undefined where there are not so many.
    #[napi(catch_unwind)]
    pub fn take_text(&self, env: Env, page: u32, length: u32, wide: bool) -> Returned {
        let scope = Scope::of(&env);
        let mut memory = self.memory.borrow_mut();
        let span = span(&mut memory, page, length as usize * if wide { 2 } else { 1 });
        span.map_or_else(|| scope.undefined(), |span| scope.text_of(span, wide)).into()
    }

    /// Unmaps the memory.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.memory.replace(None);
    }
}

fn span(memory: &mut Option<Incoming>, page: u32, length: usize) -> Option<Span<'_>> {
    memory.as_mut()?.span((page as usize).checked_mul(PAGE)?, length)
}

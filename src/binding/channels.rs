//! What channels bring, as JavaScript gets it: numbers, strings and Buffers, in calls of one callback for each environment.

use std::cell::RefCell;
use std::rc::Rc;

use napi::Env;

use super::env::{Environment, Tenant};
use super::numbers::Numbers;
use crate::error::Errno;
use crate::ipc::channel::Arrived;
use crate::ipc::channels::Channels;
use crate::ipc::frame::{Frames, Wire};
use crate::ipc::json;
use crate::ipc::lines::join_lines;
use crate::ipc::listener::{Carried, Listener, News};
use crate::sys::node_api::{AsyncContext, Callback, RawEnv, Scope, Value};

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

/// Buffers for text above this size are given back.
const KEEP: usize = 1024 * 1024;

/// Makes JavaScript values of what channels bring, and calls back.
pub(super) struct ToJavaScript {
    env: RawEnv,
    numbers: Rc<Numbers>,
    callback: RefCell<Option<Rc<Callback>>>,
    nonce: String,
    text: RefCell<Vec<u8>>,
    wide: RefCell<Vec<u16>>,
}

/// The channels of one environment. The tenant is a shared pointer: JavaScript that a channel calls may end the environment.
struct Room(Rc<Channels<ToJavaScript>>);

impl Tenant for Room {
    fn settle(environment: &Environment) -> Result<Self, Errno> {
        let listener = ToJavaScript {
            env: environment.raw(),
            numbers: environment.numbers().clone(),
            callback: RefCell::default(),
            nonce: nonce().to_string(),
            text: RefCell::default(),
            wide: RefCell::default(),
        };
        Ok(Room(Channels::new(environment.event_loop(), listener)))
    }

    fn tear_down(&self) {
        self.0.tear_down();
        self.0.listener().callback.take();
    }
}

/// The calling environment's channels.
pub(super) fn channels(env: &Env) -> Result<Rc<Channels<ToJavaScript>>, Errno> {
    Ok(Environment::of(env)?.tenant::<Room>()?.0.clone())
}

/// Nine digits that a peer cannot know, small enough for V8 to keep without a heap object.
fn nonce() -> u32 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    let random = RandomState::new().build_hasher().finish();
    100_000_000 + (random % 900_000_000) as u32
}

impl ToJavaScript {
    /// That of the environment, whichever loading of the addon it was that opened a channel.
    pub(super) fn env(&self) -> RawEnv {
        self.env
    }

    /// Sets what is called. Returns the nonce that joins lines.
    pub(super) fn set_callback(&self, callback: Option<Callback>) -> u32 {
        self.callback.replace(callback.map(Rc::new));
        self.nonce.parse().unwrap_or(0)
    }

    fn fd(&self, carried: Carried) -> i32 {
        match carried {
            Carried::Nothing => NONE,
            Carried::Descriptor(fd) => self.numbers.give(fd),
            Carried::Lost => LOST,
        }
    }

    fn lines<'s>(&self, scope: &'s Scope, frames: &Frames<'_>) -> Result<(Value<'s>, i32), Errno> {
        let mut text = self.text.take();
        let joined = join_lines(frames, &self.nonce, &mut text)
            .map(|count| (string(scope, &text, &mut self.wide.borrow_mut()), count as i32));
        text.clear();
        text.shrink_to(KEEP);
        self.text.replace(text);
        Ok(joined?)
    }
}

impl Listener for ToJavaScript {
    type Context = AsyncContext;
    type Scope = Scope;
    type Payload<'s> = Value<'s>;

    fn payload<'s>(
        &self,
        scope: &'s Scope,
        wire: Wire,
        arrived: Arrived<'_>,
    ) -> Result<(Value<'s>, i32), Errno> {
        Ok(match (wire, arrived) {
            (Wire::Lines, Arrived::Borrowed(frames)) => self.lines(scope, &frames)?,
            (Wire::Lines, Arrived::Owned(line)) => {
                (string(scope, &line[..line.len() - 1], &mut self.wide.borrow_mut()), 1)
            }
            (Wire::Lengths, Arrived::Borrowed(frames)) if frames.head.is_empty() => {
                (scope.buffer_copy(frames.body), 0)
            }
            (Wire::Lengths, Arrived::Borrowed(frames)) => (scope.buffer_join(frames.head, frames.body), 0),
            (Wire::Lengths, Arrived::Owned(mut frames)) => {
                frames.shrink_to_fit();
                (scope.external_buffer(frames), 0)
            }
        })
    }

    fn tell(
        &self,
        id: u32,
        context: &AsyncContext,
        news: impl for<'s> FnOnce(&'s Scope) -> Option<News<Value<'s>>>,
    ) {
        let Some(callback) = self.callback.borrow().clone() else { return };
        callback.call_in(context, |scope| {
            let nothing = scope.undefined();
            let (kind, payload, count, fd) = match news(scope)? {
                News::Messages { wire: Wire::Lines, payload, count, fd } => (Kind::Lines, payload, count, fd),
                News::Messages { wire: Wire::Lengths, payload, count, fd } => {
                    (Kind::Bodies, payload, count, fd)
                }
                News::Ended(error) => {
                    (Kind::Ended, nothing, error.map_or(0, Errno::negated), Carried::Nothing)
                }
                News::Drained(result) => {
                    let count = result.map_or_else(Errno::negated, |()| 0);
                    (Kind::Drained, nothing, count, Carried::Nothing)
                }
                News::Oversized(count, fd) => (Kind::Oversized, nothing, count as i32, fd),
                News::Descriptor(fd) => (Kind::Descriptor, nothing, 0, fd),
                News::Held => (Kind::Held, nothing, 0, Carried::Nothing),
            };
            Some([
                scope.double(f64::from(id)),
                scope.int(kind as i32),
                payload,
                scope.int(count),
                scope.int(self.fd(fd)),
            ])
        });
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

//! What is staged for the end of a tick that does not come.
//!
//! Staged messages leave when their tick ends. A program that computes for seconds after it has sent something, or
//! waits in a synchronous call for what its message brings about, ends no tick; with Node its messages are on their way
//! all the same. So one thread of the process looks every [`PERIOD`] at the channels that stage something, and writes what it
//! has seen twice. It sleeps while nobody stages: a channel is looked at from the second message of a turn of the
//! loop on (the first two are written at once), and until its tick has ended and it has been quiet for some looks. In a tick
//! that goes on and on without a message the looks become rarer.
//!
//! What it cannot write, for want of room or because the peer is gone, it leaves to the owner of the channel, who then
//! meets the same and tells it.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, TryLockError, Weak};
use std::thread;
use std::time::Duration;

use super::channel::{Channel, Seen};
use crate::sys::background;

/// The time between two looks; a staged message waits for two of them at most.
const PERIOD: Duration = Duration::from_millis(2);
/// The same when nothing was staged at any of so many looks.
const LONG_PERIOD: Duration = Duration::from_millis(8);
const CALM: u32 = 250;

type Watched = Vec<Weak<Mutex<Channel>>>;

/// None while there is no thread.
static WATCHED: Mutex<Option<Watched>> = Mutex::new(None);
static CALLED: Condvar = Condvar::new();

fn watched() -> MutexGuard<'static, Option<Watched>> {
    WATCHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Notes whether `channel` is looked at. Whether it was before.
fn mark(channel: &Mutex<Channel>, is_on: bool) -> bool {
    channel.lock().unwrap_or_else(PoisonError::into_inner).mark_watched(is_on)
}

/// Has `channel` looked at. Where there can be no thread its messages wait for the end of their tick.
pub fn watch(channel: &Arc<Mutex<Channel>>) {
    if mark(channel, true) {
        return;
    }
    let mut watched = watched();
    if watched.is_none() && background::start("channel-flusher", 64 * 1024, look_for_ever).is_err() {
        mark(channel, false);
        return;
    }
    watched.get_or_insert_default().push(Arc::downgrade(channel));
    CALLED.notify_one();
}

fn look_for_ever() {
    let mut looked_at = Watched::new();
    let mut calm = 0;
    loop {
        let mut new = watched();
        while looked_at.is_empty() && new.as_ref().is_none_or(Vec::is_empty) {
            new = CALLED.wait(new).unwrap_or_else(PoisonError::into_inner);
            calm = 0;
        }
        looked_at.extend(new.iter_mut().flat_map(|new| new.drain(..)));
        drop(new);
        thread::sleep(if calm < CALM { PERIOD } else { LONG_PERIOD });
        calm += 1;
        looked_at.retain(|channel| {
            let Some(channel) = channel.upgrade() else { return false };
            let seen = match channel.try_lock() {
                Ok(mut channel) => channel.look(),
                Err(TryLockError::Poisoned(channel)) => channel.into_inner().look(),
                // Somebody sends or reads: then it is looked at the next time.
                Err(TryLockError::WouldBlock) => Seen::Staged,
            };
            if seen == Seen::Staged {
                calm = 0;
            }
            seen != Seen::Enough
        });
    }
}

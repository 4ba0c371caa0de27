//! What `send()` accepted reaches the peer also when the process exits at once.
//!
//! Every open channel is listed here. At exit those of the exiting thread are flushed: a forked child's
//! channel to its parent with a bounded wait (see [`Channel::finish`]), a parent's channels with what fits, since
//! a parent must not hang on children that do not read. Channels of other threads are left alone: their
//! JavaScript may be running.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError, Weak};
use std::thread;
use std::time::Duration;

use super::channel::Channel;
use crate::sys::exit::at_exit;

struct Listed {
    channel: Weak<Mutex<Channel>>,
    thread: usize,
    wait: bool,
}

static OPEN: Mutex<Vec<Listed>> = Mutex::new(Vec::new());

/// A number for the calling thread. The standard library's own can no longer be asked for at exit, when the
/// thread's locals that need dropping are gone; the address of one that needs none can.
fn this_thread() -> usize {
    thread_local! {
        static HERE: u8 = const { 0 };
    }
    HERE.with(|here| std::ptr::from_ref(here).addr())
}

/// Lists a channel until it is dropped. `wait`: it is a child's channel to its parent.
pub fn list(channel: &Arc<Mutex<Channel>>, wait: bool) {
    at_exit(flush_all);
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    // Amortised: dead entries go when the list would grow.
    if open.len() == open.capacity() {
        open.retain(|listed| listed.channel.strong_count() > 0);
    }
    open.push(Listed { channel: Arc::downgrade(channel), thread: this_thread(), wait });
}

fn lock_soon(channel: &Mutex<Channel>) -> Option<MutexGuard<'_, Channel>> {
    for _ in 0..100 {
        match channel.try_lock() {
            Ok(channel) => return Some(channel),
            Err(TryLockError::Poisoned(_)) => return None,
            Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(1)),
        }
    }
    None
}

fn flush_all() {
    // Both locks are only tried: another thread may hold the list, and a channel may be in the middle of a
    // call that led to this exit. (The flusher's thread holds a channel's for one write that does not wait.)
    let Ok(open) = OPEN.try_lock() else { return };
    let here = this_thread();
    for listed in open.iter().filter(|listed| listed.thread == here) {
        if let Some(channel) = listed.channel.upgrade()
            && let Some(mut channel) = lock_soon(&channel)
        {
            channel.finish(listed.wait);
        }
    }
}

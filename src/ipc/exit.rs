//! What `send()` accepted reaches the peer also when the process exits at once.
//!
//! Every open channel is listed here. At exit those of the exiting thread are flushed: a forked child's
//! channel to its parent with a bounded wait (see [`finish`]), a parent's channels with what fits, since
//! a parent must not hang on children that do not read. Channels of other threads are left alone: their
//! JavaScript may be running.

use std::cell::Cell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use super::channel::Channel;
use crate::sys::at_exit::at_exit;
use crate::sys::node_at_exit;
use crate::sys::socket::wait_writable;

/// How long an exiting process waits for a peer that takes nothing, and for all that are merely slow.
const STALLED: Duration = Duration::from_secs(2);
const SLOW: Duration = Duration::from_secs(10);
/// The same before a signal against this process, which may be one that ends nothing (SIGCONT, say): then the wait is a standstill.
const STALLED_BEFORE_SIGNAL: Duration = Duration::from_millis(300);
/// What follows within this time belongs to the same end: Node has its own handlers run first, and then the C library its.
const SAME_END: Duration = Duration::from_secs(1);

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

/// Something may be staged on this thread from now on: a signal that JavaScript raises against this process, which runs no handler of
/// the C library, is to find it written. To be called inside a call from JavaScript.
pub fn expect_own_signals() {
    node_at_exit::before_end(|| flush_here(STALLED_BEFORE_SIGNAL));
}

fn lock_soon<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    for _ in 0..100 {
        match mutex.try_lock() {
            Ok(guard) => return Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(1)),
        }
    }
    None
}

/// Sends what this thread's channels have accepted, as at exit.
pub fn flush_all() {
    flush_here(STALLED);
}

fn flush_here(stalled: Duration) {
    // Both locks are only tried: a call that led to this exit may hold one of them. (Another thread holds the list for a moment, and that of
    // `long_tick.rs` holds a channel for one write that does not wait.) The list is free again before anything is waited for.
    let Some(open) = lock_soon(&OPEN) else { return };
    let here = this_thread();
    let of_here = open.iter().filter(|listed| listed.thread == here);
    let channels: Vec<_> =
        of_here.filter_map(|listed| Some((listed.channel.upgrade()?, listed.wait))).collect();
    drop(open);
    finish_within(channels.iter().filter_map(|(channel, wait)| Some((lock_soon(channel)?, *wait))), stalled);
}

/// A channel that is waited for.
struct Late<'a> {
    channel: MutexGuard<'a, Channel>,
    written: u64,
    /// When it last got on.
    since: Instant,
}

/// Sends what `channels` have accepted, for the process is about to end: of each what fits, and where `true` stands beside it the
/// rest as well, but those together for at most 10 seconds, and each for at most 2 without any progress.
pub fn finish<'a>(channels: impl Iterator<Item = (MutexGuard<'a, Channel>, bool)>) {
    finish_within(channels, STALLED);
}

fn finish_within<'a>(channels: impl Iterator<Item = (MutexGuard<'a, Channel>, bool)>, stalled: Duration) {
    thread_local! {
        static GIVEN_UP: Cell<Option<Instant>> = const { Cell::new(None) };
    }
    let may_wait = GIVEN_UP.get().is_none_or(|at| at.elapsed() > SAME_END);
    let begin = Instant::now();
    let mut late = Vec::new();
    for (mut channel, wait) in channels {
        // A signal against this process may not end it after all, and there may be another one in this tick.
        channel.end_tick();
        if let Ok(false) = channel.drain()
            && wait
            && may_wait
        {
            late.push(Late { written: channel.written(), channel, since: Instant::now() });
        }
    }
    loop {
        let now = Instant::now();
        let left =
            |one: &Late<'_>| SLOW.saturating_sub(now - begin).min(stalled.saturating_sub(now - one.since));
        let count = late.len();
        late.retain(|one| !left(one).is_zero());
        if late.len() < count && stalled == STALLED {
            GIVEN_UP.set(Some(now));
        }
        let Some(time) = late.iter().map(left).min() else { return };
        wait_writable(late.iter().filter_map(|one| one.channel.socket()), time.as_millis() as i32 + 1);
        late.retain_mut(|one| {
            let is_late = matches!(one.channel.drain(), Ok(false));
            let written = one.channel.written();
            if std::mem::replace(&mut one.written, written) != written {
                one.since = Instant::now();
            }
            is_late
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ipc::frame::{Framer, Wire};
    use std::io::Read;
    use std::os::unix::net::UnixStream;

    const LENGTH: usize = 2_000_000;

    fn filled() -> (Mutex<Channel>, UnixStream) {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let mut channel = Channel::new(ours.into(), Framer::new(Wire::Lines));
        channel.send(vec![b'x'; LENGTH].into(), None).unwrap();
        assert!(channel.is_blocked());
        (Mutex::new(channel), theirs)
    }

    fn finish_all<'a>(channels: impl Iterator<Item = &'a (Mutex<Channel>, UnixStream)>, wait: bool) {
        finish(channels.map(|(channel, _)| (channel.lock().unwrap(), wait)));
    }

    #[test]
    fn what_waits_is_written_whoever_reads_first() {
        let pairs = [filled(), filled(), filled()];
        let ends = pairs.each_ref().map(|(_, theirs)| theirs.try_clone().unwrap());
        let reader = thread::spawn(move || {
            // Against the order of the channels, each when the one before has come whole.
            ends.into_iter().rev().all(|mut end| end.read_exact(&mut vec![0; LENGTH]).is_ok())
        });
        finish_all(pairs.iter(), true);
        assert!(pairs.iter().all(|(channel, _)| !channel.lock().unwrap().is_blocked()));
        assert!(reader.join().unwrap());
    }

    #[test]
    fn peers_that_read_nothing_are_waited_for_together() {
        let pairs = [filled(), filled(), filled()];
        let begin = Instant::now();
        finish_all(pairs.iter(), true);
        let waited = begin.elapsed();
        assert!((STALLED..STALLED + STALLED / 2).contains(&waited), "{waited:?}");
    }

    #[test]
    fn whoever_waits_for_a_peer_holds_no_other_thread_up() {
        let waiting = thread::spawn(|| {
            let (channel, _theirs) = filled();
            let channel = Arc::new(channel);
            list(&channel, true);
            let begin = Instant::now();
            flush_here(STALLED_BEFORE_SIGNAL);
            begin.elapsed()
        });
        let (ours, _theirs) = UnixStream::pair().unwrap();
        let mut longest = Duration::ZERO;
        while !waiting.is_finished() {
            let begin = Instant::now();
            let end = ours.try_clone().unwrap();
            list(&Arc::new(Mutex::new(Channel::new(end.into(), Framer::new(Wire::Lines)))), true);
            longest = longest.max(begin.elapsed());
            thread::sleep(Duration::from_millis(1));
        }
        let waited = waiting.join().unwrap();
        assert!(waited >= STALLED_BEFORE_SIGNAL && waited < STALLED, "{waited:?}");
        assert!(longest < STALLED_BEFORE_SIGNAL / 2, "{longest:?}");
    }

    #[test]
    fn without_waiting_what_fits_behind_what_waited_is_written() {
        let pair = filled();
        let mut bytes = vec![0; LENGTH];
        let mut got = (&pair.1).read(&mut bytes).unwrap();
        pair.1.set_nonblocking(true).unwrap();
        while let Ok(count) = (&pair.1).read(&mut bytes) {
            got += count;
        }
        let begin = Instant::now();
        finish_all([&pair].into_iter(), false);
        assert!(begin.elapsed() < STALLED / 2);
        assert!(pair.0.lock().unwrap().written() > got as u64);
    }
}

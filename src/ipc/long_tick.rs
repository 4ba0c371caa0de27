//! What is staged in a tick that does not end.
//!
//! Staged messages leave when their tick ends. A program that computes for seconds after it has sent something, or waits in a synchronous
//! call for what its message brings about, ends no tick; with Node its messages are on their way all the same. So a task beside the loop
//! looks every [`PERIOD`] at each channel that may stage something, and writes what it has seen twice: a staged message waits for one to
//! two periods. A channel is looked at from the second message of a turn of the loop on (the first two are written at once), and until its
//! tick has ended and some looks have found nothing.
//!
//! What the task cannot write, for want of room or because the peer is gone, it leaves to the owner of the channel, who then meets the
//! same and tells it.

use std::sync::{Arc, LazyLock, Mutex, PoisonError, TryLockError, Weak};
use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::channel::{Channel, Seen};
use crate::sys::background;

/// The time between two looks. Each wakes a thread, some 200 times a second while a program sends: shorter, and that would be seen in the
/// processor time of a message.
const PERIOD: Duration = Duration::from_millis(5);

/// Notes whether `channel` is looked at. Whether it was before.
fn mark(channel: &Mutex<Channel>, is_on: bool) -> bool {
    channel.lock().unwrap_or_else(PoisonError::into_inner).mark_watched(is_on)
}

/// Has `channel` looked at. Where there can be no thread its messages wait for the end of their tick.
pub fn watch(channel: &Arc<Mutex<Channel>>) {
    if !mark(channel, true) && background::run(look_again_and_again(Arc::downgrade(channel))).is_err() {
        mark(channel, false);
    }
}

/// All channels are looked at in the same moments, by one wake-up of the thread.
fn until_next_moment() -> Duration {
    static FIRST: LazyLock<Instant> = LazyLock::new(Instant::now);
    let since_last = FIRST.elapsed().as_nanos() % PERIOD.as_nanos();
    PERIOD - Duration::from_nanos(since_last as u64)
}

async fn look_again_and_again(channel: Weak<Mutex<Channel>>) {
    loop {
        sleep(until_next_moment()).await;
        let Some(channel) = channel.upgrade() else { return };
        let seen = match channel.try_lock() {
            Ok(mut channel) => channel.look(),
            Err(TryLockError::Poisoned(channel)) => channel.into_inner().look(),
            // Somebody sends or reads: then it is looked at the next time.
            Err(TryLockError::WouldBlock) => Seen::Staged,
        };
        if seen == Seen::Enough {
            return;
        }
    }
}

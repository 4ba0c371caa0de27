//! Whether a thread that waits for messages should look again before it sleeps.
//!
//! To wake a sleeping thread costs both sides: the receiver the way out of the kernel's idle loop (some 5
//! microseconds on a bare machine, 50 on a virtual one), the sender a signal to the other processor with every
//! write. Where the next message comes sooner than that, it is cheaper for both not to sleep at all. Where it
//! does not, looking is a waste, so the past decides: only after several sleeps in a row that were short is it
//! tried, and each time that it was in vain it is not tried again for a while, twice as long as the last time.

use std::time::Duration;

/// How long to look: what a sleep and a wake-up cost on a virtual machine. Shorter, and the first of two ends to look would look in
/// vain, because the other one still has to wake up before it can answer.
pub const LIMIT: Duration = Duration::from_micros(120);

/// A sleep shorter than this was hardly worth it: the two wake-ups of a round trip are part of it.
const SHORT: Duration = Duration::from_micros(250);

/// So many more short sleeps than long ones make it worth a try.
const ENOUGH: u32 = 4;

/// What a try may lose before it is given up, and the most that success can add to it.
const TRY: u32 = 2;
const MOST: u32 = 16;

/// A look in vain costs as much as two that paid bring.
const LOSS: u32 = 2;
const GREAT_LOSS: u32 = 4;

/// The longest pause, in sleeps.
const LONGEST: u32 = 256;

/// The past of one event loop.
#[derive(Debug, Default)]
pub struct BusyPoll {
    /// More than 0: it looks.
    credit: u32,
    short: u32,
    /// The last pause, and what is left of it.
    pause: u32,
    left: u32,
}

impl BusyPoll {
    /// Whether to look before the loop sleeps.
    pub fn is_wanted(&self) -> bool {
        self.credit > 0
    }

    /// Something came while it looked.
    pub fn paid(&mut self) {
        self.credit = (self.credit + 1).min(MOST);
        if self.credit == MOST {
            self.pause = 0;
        }
    }

    /// Nothing came.
    pub fn wasted(&mut self) {
        self.lose(LOSS);
    }

    /// Others needed the processor meanwhile. Whoever wakes a thread where all processors are busy has no idle one to
    /// wake, so a sleep costs little there.
    pub fn crowded(&mut self) {
        self.lose(GREAT_LOSS);
    }

    fn lose(&mut self, loss: u32) {
        self.credit = self.credit.saturating_sub(loss);
        if self.credit == 0 {
            self.short = 0;
            self.pause = (self.pause * 2).clamp(1, LONGEST);
            self.left = self.pause;
        }
    }

    /// It slept without a look, and a message woke it after `time`.
    pub fn slept(&mut self, time: Duration) {
        if self.left > 0 {
            self.left -= 1;
        } else if time >= SHORT {
            self.short = self.short.saturating_sub(1);
        } else {
            self.short += 1;
            if self.short == ENOUGH {
                self.credit = TRY;
                self.short = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Duration = Duration::from_micros(20);
    const LATER: Duration = Duration::from_millis(5);

    fn tried() -> BusyPoll {
        let mut past = BusyPoll::default();
        for _ in 0..ENOUGH {
            assert!(!past.is_wanted());
            past.slept(NOW);
        }
        assert!(past.is_wanted());
        past
    }

    /// How many sleeps it takes until it looks again.
    fn pause(past: &mut BusyPoll) -> u32 {
        (0..)
            .find(|_| {
                past.is_wanted() || {
                    past.slept(NOW);
                    false
                }
            })
            .unwrap()
    }

    #[test]
    fn long_sleeps_are_slept() {
        let mut past = BusyPoll::default();
        for turn in 0..1000 {
            past.slept(if turn % 2 == 0 { NOW } else { LATER });
            assert!(!past.is_wanted());
        }
    }

    #[test]
    fn what_pays_goes_on_and_outlives_a_single_miss() {
        let mut past = tried();
        for _ in 0..MOST {
            past.paid();
        }
        past.wasted();
        past.crowded();
        assert!(past.is_wanted());
    }

    #[test]
    fn each_try_in_vain_is_followed_by_a_longer_pause_up_to_a_bound() {
        let mut past = tried();
        let mut last = 0;
        for _ in 0..20 {
            while past.is_wanted() {
                past.wasted();
            }
            let next = pause(&mut past);
            assert!(next > last || next == LONGEST + ENOUGH);
            last = next;
        }
        assert_eq!(last, LONGEST + ENOUGH);
    }

    #[test]
    fn a_crowd_ends_it_sooner_than_silence() {
        let misses = |miss: fn(&mut BusyPoll)| {
            let mut past = tried();
            for _ in 0..MOST {
                past.paid();
            }
            (0..)
                .find(|_| {
                    !past.is_wanted() || {
                        miss(&mut past);
                        false
                    }
                })
                .unwrap()
        };
        assert!(misses(BusyPoll::crowded) < misses(BusyPoll::wasted));
    }

    proptest! {
        #[test]
        fn looks_in_vain_stay_in_proportion_to_those_that_paid(outcomes in prop::collection::vec((0u8..8, any::<bool>()), 0..4000)) {
            let mut past = BusyPoll::default();
            let (mut paid, mut wasted, mut sleeps) = (0, 0, 0);
            for (chance, short) in outcomes {
                if past.is_wanted() {
                    if chance == 0 { paid += 1; past.paid() } else { wasted += 1; past.wasted() }
                } else {
                    sleeps += 1;
                    past.slept(if short { NOW } else { LATER });
                }
            }
            // Each try needs its sleeps first and may lose what it was given, and what looks that paid have added.
            prop_assert!(wasted * LOSS <= paid + TRY * (sleeps / ENOUGH) + LOSS * (1 + sleeps / ENOUGH));
        }
    }
}

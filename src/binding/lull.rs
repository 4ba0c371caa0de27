//! The moment between two messages, in which a loop would sleep: see [`BusyPoll`] for why it sometimes should not.
//!
//! The look is at the loop's own poll descriptor, right before the loop sleeps and for at most [`LIMIT`]: whatever
//! comes meanwhile, a timer aside, ends it, and the loop then does what it always does.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::OnceLock;
use std::thread::available_parallelism;
use std::time::Instant;

use crate::error::Errno;
use crate::ipc::busy_poll::{BusyPoll, LIMIT};
use crate::sys::uv::{Loop, Moment, Phase, Polled};

/// See the module's text. One for each environment.
pub(super) struct Lull {
    lp: Loop,
    prepare: RefCell<Option<Phase>>,
    past: RefCell<BusyPoll>,
    /// A message came in this turn of the loop.
    is_hot: Cell<bool>,
    since: Cell<Option<Instant>>,
}

impl Lull {
    pub(super) fn new(lp: &Loop) -> Rc<Lull> {
        Rc::new(Lull {
            lp: lp.clone(),
            prepare: RefCell::default(),
            past: RefCell::default(),
            is_hot: Cell::new(false),
            since: Cell::new(None),
        })
    }

    /// A message came.
    pub(super) fn end(self: &Rc<Lull>) {
        if let Some(since) = self.since.take() {
            self.past.borrow_mut().slept(since.elapsed());
        }
        if self.is_hot.replace(true) || !has_processors() {
            return;
        }
        let mut prepare = self.prepare.borrow_mut();
        if prepare.is_none() {
            *prepare = self.make().ok();
        }
        if let Some(prepare) = &*prepare {
            prepare.start();
        }
    }

    fn make(self: &Rc<Lull>) -> Result<Phase, Errno> {
        let this: Weak<Lull> = Rc::downgrade(self);
        Phase::new(
            &self.lp,
            Moment::BeforeSleep,
            Box::new(move || {
                if let Some(this) = this.upgrade() {
                    this.begin();
                }
            }),
        )
    }

    fn begin(&self) {
        if !self.is_hot.replace(false) {
            self.since.take();
            if let Some(prepare) = &*self.prepare.borrow() {
                prepare.stop();
            }
            return;
        }
        let mut past = self.past.borrow_mut();
        if !past.is_wanted() {
            self.since.set(Some(Instant::now()));
            return;
        }
        match self.lp.busy_poll(LIMIT) {
            Polled::Ready => past.paid(),
            Polled::Nothing => past.wasted(),
            Polled::Crowded => past.crowded(),
            Polled::Awake => {}
        }
    }

    /// Gives the loop back what was made on it.
    pub(super) fn close(&self) {
        self.prepare.take();
    }
}

/// On a single processor nobody could send while we look.
fn has_processors() -> bool {
    static MANY: OnceLock<bool> = OnceLock::new();
    *MANY.get_or_init(|| available_parallelism().is_ok_and(|count| count.get() > 1))
}

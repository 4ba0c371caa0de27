//! Which channels have written something in this turn of the loop.
//!
//! The first message of a turn is the first of its tick as well, and mostly the last: JavaScript need not ask for the end of
//! the tick then. It sees in the channel's block whether there was one (see `src/sys/staging.rs`); this takes the mark
//! away again once in each turn. A tick ends before its turn does, unless a listener runs the loop itself (deasync and its
//! like): what is still staged at the end of a turn is waited for then, and JavaScript is told to write it.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use super::channels::Entry;
use crate::error::Errno;
use crate::sys::uv::{Loop, Moment, Phase};

/// See the module's text. One for each environment.
pub(super) struct Turn {
    lp: Loop,
    prepare: RefCell<Option<Phase>>,
    is_running: Cell<bool>,
    written: RefCell<Vec<Rc<Entry>>>,
    /// Told of what is still staged when a turn ends.
    on_held: OnHeld,
}

type OnHeld = Box<dyn Fn(&Entry)>;

impl Turn {
    pub(super) fn new(lp: &Loop, on_held: OnHeld) -> Rc<Turn> {
        Rc::new(Turn {
            lp: lp.clone(),
            prepare: RefCell::default(),
            is_running: Cell::new(false),
            written: RefCell::default(),
            on_held,
        })
    }

    /// `entry` has written. Where no handle is to be had its mark stays, and every message of it asks for its tick.
    pub(super) fn brought(self: &Rc<Turn>, entry: &Rc<Entry>) {
        // JavaScript may have taken the mark away meanwhile.
        entry.lock().mark_turn(true);
        if entry.has_written.replace(true) {
            // What comes third may be staged, for as long as JavaScript runs.
            entry.watch_staging();
            return;
        }
        let mut prepare = self.prepare.borrow_mut();
        if prepare.is_none() {
            *prepare = self.make().ok();
        }
        let Some(prepare) = &*prepare else { return };
        if !self.is_running.replace(true) {
            prepare.start();
        }
        self.written.borrow_mut().push(entry.clone());
    }

    fn make(self: &Rc<Turn>) -> Result<Phase, Errno> {
        let this: Weak<Turn> = Rc::downgrade(self);
        Phase::new(
            &self.lp,
            Moment::BeforeSleep,
            Box::new(move || {
                if let Some(this) = this.upgrade() {
                    this.end();
                }
            }),
        )
    }

    fn end(&self) {
        let mut written = self.written.borrow_mut();
        if written.is_empty() {
            self.is_running.set(false);
            if let Some(prepare) = &*self.prepare.borrow() {
                prepare.stop();
            }
        }
        let mut held = Vec::new();
        for entry in written.drain(..) {
            entry.has_written.set(false);
            let (is_held, is_blocked) = {
                let channel = entry.lock();
                channel.mark_turn(false);
                (channel.is_held(), channel.is_blocked())
            };
            // A signal against this process that did not end it may have left something.
            entry.watch_room(is_blocked);
            if is_held {
                held.push(entry);
            }
        }
        drop(written);
        for entry in held {
            (self.on_held)(&entry);
        }
    }

    /// Gives the loop back what was made on it.
    pub(super) fn close(&self) {
        self.prepare.take();
        self.written.take();
    }
}

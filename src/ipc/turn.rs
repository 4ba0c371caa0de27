//! What has done something in this turn of the event loop (one iteration of it).
//!
//! Members are added while the turn lasts. When it ends, right before the loop sleeps, they are all handed over once and the next turn
//! begins without any. It costs one `prepare` handle for each loop, made at the first use; in a turn without members it stops itself.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use crate::error::Errno;
use crate::sys::uv::{Loop, Moment, Phase};

/// The members of one loop's turn.
pub struct Turn<T> {
    lp: Loop,
    prepare: RefCell<Option<Phase>>,
    is_running: Cell<bool>,
    members: RefCell<Vec<T>>,
    on_end: OnEnd<T>,
}

type OnEnd<T> = Box<dyn Fn(&[T])>;

impl<T: 'static> Turn<T> {
    /// `on_end` gets the members of each turn that has any. It may run JavaScript, and add members to the next turn.
    pub fn new(lp: &Loop, on_end: OnEnd<T>) -> Rc<Turn<T>> {
        Rc::new(Turn {
            lp: lp.clone(),
            prepare: RefCell::default(),
            is_running: Cell::new(false),
            members: RefCell::default(),
            on_end,
        })
    }

    /// Adds a member. An error where the loop gives no handle: the member is then not heard of again.
    pub fn add(self: &Rc<Turn<T>>, member: T) -> Result<(), Errno> {
        let mut prepare = self.prepare.borrow_mut();
        let prepare = match &*prepare {
            Some(prepare) => prepare,
            None => prepare.insert(self.make()?),
        };
        if !self.is_running.replace(true) {
            prepare.start();
        }
        self.members.borrow_mut().push(member);
        Ok(())
    }

    fn make(self: &Rc<Turn<T>>) -> Result<Phase, Errno> {
        let this: Weak<Turn<T>> = Rc::downgrade(self);
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
        let mut members = self.members.take();
        if members.is_empty() {
            self.is_running.set(false);
            if let Some(prepare) = &*self.prepare.borrow() {
                prepare.stop();
            }
            return;
        }
        (self.on_end)(&members);
        // Its memory serves the next turn.
        members.clear();
        let mut next = self.members.borrow_mut();
        if next.is_empty() {
            *next = members;
        }
    }

    /// Gives the loop back what was made on it.
    pub fn close(&self) {
        self.prepare.take();
        self.members.take();
    }
}

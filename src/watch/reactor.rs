//! The children of one environment, from their start to their exit.
//!
//! One loop handle watches the pidfds of all of them (see `ExitSet`). A child without a pidfd is watched as libuv watches
//! its own: SIGCHLD says that some child has ended, and each is asked. Either handle is ref'd while at least one ref'd
//! child lives.
//!
//! An exit is not told in the poll callback, but by a check handle that runs right after all poll callbacks of this turn: what the child wrote
//! before it ended is ready in the same turn, and its 'data' must come before its 'exit'. libuv, too, tells exits last.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::rc::Rc;

use nix::libc;

use super::orphans;
use super::registry::Registry;
use super::tree;
use crate::child::exit::Exit;
use crate::error::Errno;
use crate::sys::os::exit_set::ExitSet;
use crate::sys::os::process::Process;
use crate::sys::uv::{Loop, Moment, Phase, Poll, Signal};

struct Child {
    process: Process,
    referenced: bool,
}

/// Called for each exit with the child's id.
pub type OnExit = Rc<dyn Fn(i32, Exit)>;

/// Watches and reaps.
pub struct Reactor {
    lp: Loop,
    children: RefCell<Registry<Child>>,
    referenced: Cell<usize>,
    /// None once torn down.
    after_poll: RefCell<Option<Phase>>,
    by_pidfd: RefCell<Option<ByPidfd>>,
    by_signal: RefCell<Option<BySignal>>,
    /// A SIGCHLD has come: those without a pidfd are to be asked.
    signalled: Cell<bool>,
    on_exit: RefCell<Option<OnExit>>,
}

/// None where there was no descriptor left for it yet, or the system knows no pidfds.
struct ByPidfd {
    poll: Poll,
    set: ExitSet,
}

/// Made for the first child without one.
struct BySignal {
    sigchld: Signal,
    instead_of_sleep: Phase,
    ids: BTreeSet<i32>,
}

impl Reactor {
    /// A reactor on this loop.
    pub fn new(lp: &Loop) -> Result<Rc<Reactor>, Errno> {
        let reactor = Rc::new(Reactor {
            lp: lp.clone(),
            children: RefCell::default(),
            referenced: Cell::new(0),
            after_poll: RefCell::default(),
            by_pidfd: RefCell::default(),
            by_signal: RefCell::default(),
            signalled: Cell::new(false),
            on_exit: RefCell::default(),
        });
        let after_poll = Phase::new(lp, Moment::AfterPoll, reactor.calling(Reactor::deliver))?;
        *reactor.after_poll.borrow_mut() = Some(after_poll);
        // Before the first start, so that it gets a number below those of streams, which come and go.
        *reactor.by_pidfd.borrow_mut() = reactor.watch_pidfds().ok();
        Ok(reactor)
    }

    /// A callback that does nothing once the reactor is gone.
    fn calling(self: &Rc<Self>, act: impl Fn(&Reactor) + 'static) -> Box<dyn Fn()> {
        let weak = Rc::downgrade(self);
        Box::new(move || {
            if let Some(reactor) = weak.upgrade() {
                act(&reactor);
            }
        })
    }

    /// Says whom to tell of exits.
    pub fn set_on_exit(&self, on_exit: Option<OnExit>) {
        *self.on_exit.borrow_mut() = on_exit;
    }

    /// Takes a started child in, ref'd. Should there be no way to watch it, it is killed: nobody would ever learn of its end.
    pub fn add(self: &Rc<Self>, process: Process) -> Result<i32, Errno> {
        let mut children = self.children.borrow_mut();
        let child = Child { process, referenced: true };
        let id = children.insert(child).map_err(|child| abandon(child, Errno(libc::EAGAIN)))?;
        let pidfd = children.get(id).and_then(|child| child.process.exit_fd());
        let has_pidfd = pidfd.is_some_and(|pidfd| self.watch_pidfd(pidfd, id).is_ok());
        if !has_pidfd && let Err(errno) = self.watch_by_signal(id) {
            children.remove(id).map(|child| abandon(child, errno));
            return Err(errno);
        }
        drop(children);
        self.count(1);
        Ok(id)
    }

    fn watch_pidfds(self: &Rc<Self>) -> Result<ByPidfd, Errno> {
        let set = ExitSet::new()?;
        let on_ready = self.calling(Reactor::deliver_soon);
        let poll = Poll::new(&self.lp, set.fd().as_raw_fd(), Box::new(move |_| on_ready()))?;
        poll.set_ref(self.referenced.get() > 0);
        poll.start(true, false)?;
        Ok(ByPidfd { poll, set })
    }

    fn watch_pidfd(self: &Rc<Self>, pidfd: BorrowedFd<'_>, id: i32) -> Result<(), Errno> {
        let mut by_pidfd = self.by_pidfd.borrow_mut();
        let by_pidfd = match &mut *by_pidfd {
            Some(by_pidfd) => by_pidfd,
            None => by_pidfd.insert(self.watch_pidfds()?),
        };
        by_pidfd.set.add(pidfd, id)
    }

    fn watch_by_signal(self: &Rc<Self>, id: i32) -> Result<(), Errno> {
        let mut by_signal = self.by_signal.borrow_mut();
        let BySignal { sigchld, instead_of_sleep, ids } = match &mut *by_signal {
            Some(by_signal) => by_signal,
            None => {
                let on_signal = self.calling(|reactor| {
                    reactor.signalled.set(true);
                    reactor.deliver_soon();
                });
                let sigchld = Signal::new(&self.lp, libc::SIGCHLD, on_signal)?;
                sigchld.set_ref(self.referenced.get() > 0);
                let instead_of_sleep = Phase::new(&self.lp, Moment::InsteadOfSleep, Box::new(|| ()))?;
                by_signal.insert(BySignal { sigchld, instead_of_sleep, ids: BTreeSet::new() })
            }
        };
        if ids.is_empty() {
            sigchld.start()?;
        }
        // Its signal may have come before there was anybody to hear it, and a child that dies before its `execve` may send none.
        self.signalled.set(true);
        instead_of_sleep.start();
        self.deliver_soon();
        ids.insert(id);
        Ok(())
    }

    fn deliver_soon(&self) {
        if let Some(after_poll) = &*self.after_poll.borrow() {
            after_poll.start();
        }
    }

    /// Sends a signal; ESRCH once reaped.
    pub fn kill(&self, id: i32, signal: i32) -> Result<(), Errno> {
        match self.children.borrow_mut().get(id) {
            Some(child) => child.process.kill(signal),
            None => Err(Errno(libc::ESRCH)),
        }
    }

    /// Sends a signal to the child and all its descendants; ESRCH once reaped.
    pub fn kill_tree(&self, id: i32, signal: i32) -> Result<(), Errno> {
        match self.children.borrow_mut().get(id) {
            Some(child) => tree::kill(&child.process, signal),
            None => Err(Errno(libc::ESRCH)),
        }
    }

    /// Says whether the child keeps the loop alive.
    pub fn set_ref(&self, id: i32, referenced: bool) {
        let changed = match self.children.borrow_mut().get(id) {
            Some(child) => std::mem::replace(&mut child.referenced, referenced) != referenced,
            None => false,
        };
        if changed {
            self.count(if referenced { 1 } else { -1 });
        }
    }

    /// Closes the loop handles and hands live children to the orphans' reaper.
    pub fn tear_down(&self) {
        self.after_poll.borrow_mut().take();
        self.by_pidfd.borrow_mut().take();
        self.by_signal.borrow_mut().take();
        self.on_exit.borrow_mut().take();
        let children = self.children.borrow_mut().drain();
        for child in children {
            orphans::adopt(child.process);
        }
    }

    fn count(&self, change: isize) {
        let now = self.referenced.get().saturating_add_signed(change);
        self.referenced.set(now);
        if let Some(by_pidfd) = &*self.by_pidfd.borrow() {
            by_pidfd.poll.set_ref(now > 0);
        }
        if let Some(by_signal) = &*self.by_signal.borrow() {
            by_signal.sigchld.set_ref(now > 0);
        }
    }

    fn deliver(&self) {
        if let Some(after_poll) = &*self.after_poll.borrow() {
            after_poll.stop();
        }
        let mut ids = Vec::new();
        if let Some(by_pidfd) = &*self.by_pidfd.borrow() {
            by_pidfd.set.ready(&mut ids);
        }
        if self.signalled.take()
            && let Some(by_signal) = &*self.by_signal.borrow()
        {
            by_signal.instead_of_sleep.stop();
            ids.extend(&by_signal.ids);
        }
        for id in ids {
            // Each exit runs JavaScript, which may start and kill children and even end this environment: nothing
            // is borrowed over the call, and each id is looked up afresh.
            if let Some(exit) = self.reap(id) {
                let on_exit = self.on_exit.borrow().clone();
                if let Some(on_exit) = on_exit {
                    on_exit(id, exit);
                }
            }
        }
    }

    fn reap(&self, id: i32) -> Option<Exit> {
        let mut children = self.children.borrow_mut();
        let process = &children.get(id)?.process;
        // None: alive, or held by a debugger, who sees the end first. In both cases we hear of it again.
        let exit = process.try_reap().unwrap_or_else(|_| Some(process.stolen_exit()))?;
        let child = children.remove(id)?;
        drop(children);
        if let Some(by_signal) = &mut *self.by_signal.borrow_mut()
            && by_signal.ids.remove(&id)
            && by_signal.ids.is_empty()
        {
            by_signal.sigchld.stop();
        }
        if child.referenced {
            self.count(-1);
        }
        Some(exit)
    }
}

fn abandon(child: Child, errno: Errno) -> Errno {
    match child.process.kill(libc::SIGKILL) {
        Ok(()) => drop(child.process.bury()),
        // A program of another user, say: nobody can tell when it ends.
        Err(_) => orphans::adopt(child.process),
    }
    errno
}

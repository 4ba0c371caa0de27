//! The children of one environment, from their start to their exit.
//!
//! One loop handle watches all of them (see `ExitSet`); it is ref'd while at least one ref'd child lives. An
//! exit is not told from within the poll callback but from a check handle that runs right after the poll phase:
//! what a child wrote before it ended is ready in the same batch, and its 'data' must come before its
//! 'exit', as with libuv, which also keeps child exits for last.

use std::cell::{Cell, RefCell};
use std::os::fd::AsRawFd;
use std::rc::{Rc, Weak};

use nix::libc;

use super::orphans;
use super::registry::Registry;
use crate::error::Errno;
use crate::sys::ending::Exit;
use crate::sys::os::exit_set::ExitSet;
use crate::sys::os::process::Process;
use crate::sys::tree;
use crate::sys::uv::{Loop, Moment, Phase, Poll};

struct Child {
    process: Process,
    referenced: bool,
}

/// Called for each exit with the child's id.
pub type OnExit = Rc<dyn Fn(i32, Exit)>;

/// Watches and reaps.
pub struct Reactor {
    children: RefCell<Registry<Child>>,
    referenced: Cell<usize>,
    set: ExitSet,
    handles: RefCell<Option<Handles>>,
    on_exit: RefCell<Option<OnExit>>,
}

struct Handles {
    poll: Poll,
    after_poll: Phase,
}

impl Reactor {
    /// A reactor on this loop.
    pub fn new(lp: &Loop) -> Result<Rc<Reactor>, Errno> {
        let reactor = Rc::new(Reactor {
            children: RefCell::default(),
            referenced: Cell::new(0),
            set: ExitSet::new()?,
            handles: RefCell::default(),
            on_exit: RefCell::default(),
        });
        let weak = Rc::downgrade(&reactor);
        let after_poll = Phase::new(lp, Moment::AfterPoll, with(weak.clone(), Reactor::deliver))?;
        let on_ready = with(weak, |reactor| {
            if let Some(handles) = &*reactor.handles.borrow() {
                handles.after_poll.start();
            }
        });
        let poll = Poll::new(lp, reactor.set.fd().as_raw_fd(), Box::new(move |_| on_ready()))?;
        poll.set_ref(false);
        poll.start(true, false)?;
        *reactor.handles.borrow_mut() = Some(Handles { poll, after_poll });
        Ok(reactor)
    }

    /// Says whom to tell of exits.
    pub fn set_on_exit(&self, on_exit: Option<OnExit>) {
        *self.on_exit.borrow_mut() = on_exit;
    }

    /// Takes a started child in, ref'd. When it cannot be watched it is killed: nobody would ever learn of its end.
    pub fn add(&self, process: Process) -> Result<i32, Errno> {
        let mut children = self.children.borrow_mut();
        let child = Child { process, referenced: true };
        let id = children.insert(child).map_err(|child| abandon(child, Errno(libc::EAGAIN)))?;
        let watched = children.get(id).map_or(Ok(()), |child| self.set.add(child.process.exit_fd(), id));
        if let Err(errno) = watched {
            children.remove(id).map(|child| abandon(child, errno));
            return Err(errno);
        }
        drop(children);
        self.count(1);
        Ok(id)
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
        self.handles.borrow_mut().take();
        self.on_exit.borrow_mut().take();
        let children = self.children.borrow_mut().drain();
        for child in children {
            self.set.remove(child.process.exit_fd());
            orphans::adopt(child.process);
        }
    }

    fn count(&self, change: isize) {
        let now = self.referenced.get().saturating_add_signed(change);
        self.referenced.set(now);
        if let Some(handles) = &*self.handles.borrow() {
            handles.poll.set_ref(now > 0);
        }
    }

    fn deliver(&self) {
        if let Some(handles) = &*self.handles.borrow() {
            handles.after_poll.stop();
        }
        let mut ids = Vec::new();
        self.set.ready(&mut ids);
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
        let exit = match process.try_reap() {
            Ok(Some(exit)) => exit,
            // Not ours to reap yet: a debugger that holds the child sees its end first.
            Ok(None) => {
                self.set.again(process.exit_fd(), id);
                return None;
            }
            Err(_) => process.stolen_exit(),
        };
        let child = children.remove(id)?;
        drop(children);
        if child.referenced {
            self.count(-1);
        }
        Some(exit)
    }
}

fn abandon(child: Child, errno: Errno) -> Errno {
    let _ = child.process.kill(libc::SIGKILL);
    child.process.bury();
    errno
}

/// A callback that does nothing once the reactor is gone.
fn with(weak: Weak<Reactor>, act: impl Fn(&Reactor) + 'static) -> Box<dyn Fn()> {
    Box::new(move || {
        if let Some(reactor) = weak.upgrade() {
            act(&reactor);
        }
    })
}

//! What one environment (the main thread, or one worker) owns.
//!
//! The addon is context-aware: several environments use it in one process, each on its own thread and
//! loop, and nothing of one may be reached from another. State is made at the first call, found again by the
//! environment's address in a thread-local list, and torn down by an asynchronous cleanup hook, because
//! a loop must be free of our handles before Node closes it (a worker's would abort the process).
//! Instance data is left to napi-rs.
//!
//! Node makes a new Node-API environment whenever the addon is loaded again, which happens when its file is no longer
//! in the module cache: in a forked child, whose preloaded files leave no trace, and under test runners. All of them that
//! run on one loop are one environment here.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::mem::ManuallyDrop;
use std::os::fd::OwnedFd;
use std::rc::Rc;

use super::numbers::Numbers;
use crate::error::Errno;
use crate::sys::node_api::RawEnv;
use crate::sys::uv::Loop;

/// A part of the addon that keeps state in each environment: the reactor, the table of channels.
pub trait Tenant: Sized + 'static {
    /// Makes the state at the first use.
    fn settle(environment: &Environment) -> Result<Self, Errno>;

    /// Lets go of every loop handle and every kept JavaScript function, for the environment ends.
    fn tear_down(&self);
}

trait AnyTenant {
    fn tear_down(&self);
    fn as_any(self: Rc<Self>) -> Rc<dyn Any>;
}

impl<T: Tenant> AnyTenant for T {
    fn tear_down(&self) {
        Tenant::tear_down(self);
    }

    fn as_any(self: Rc<Self>) -> Rc<dyn Any> {
        self
    }
}

/// The state of one environment.
pub struct Environment {
    /// The first is the one that our callbacks run in.
    raw: RawEnv,
    others: RefCell<Vec<RawEnv>>,
    lp: Loop,
    numbers: Rc<Numbers>,
    tenants: RefCell<Vec<(TypeId, Rc<dyn AnyTenant>)>>,
}

thread_local! {
    // Never dropped with its thread: `process.exit()` runs no cleanup hook, and thread-local destructors run before
    // the exit handler that still has to send what channels accepted.
    static ENVIRONMENTS: ManuallyDrop<RefCell<Vec<Rc<Environment>>>> =
        const { ManuallyDrop::new(RefCell::new(Vec::new())) };
}

/// The number of a descriptor that JavaScript is to get.
pub(super) fn give(env: &napi::Env, fd: OwnedFd) -> i32 {
    Environment::of(env).map_or_else(Errno::negated, |environment| environment.numbers.give(fd))
}

/// The descriptor behind a number that JavaScript gives up.
pub(super) fn take(env: &napi::Env, number: i32) -> Result<OwnedFd, Errno> {
    Environment::of(env)?.numbers.take(number)
}

impl Environment {
    /// The calling environment's state, made at the first call.
    pub fn of(env: &napi::Env) -> Result<Rc<Environment>, Errno> {
        let raw = RawEnv::of(env);
        let find = |wanted: &dyn Fn(&Environment) -> bool| {
            ENVIRONMENTS.with(|all| all.borrow().iter().find(|environment| wanted(environment)).cloned())
        };
        if let Some(environment) = find(&|known| known.raw == raw || known.others.borrow().contains(&raw)) {
            return Ok(environment);
        }
        let lp = raw.event_loop()?;
        if let Some(environment) = find(&|known| known.lp == lp) {
            environment.others.borrow_mut().push(raw);
            return Ok(environment);
        }
        let environment = Rc::new(Environment {
            raw,
            others: RefCell::default(),
            lp,
            numbers: Rc::default(),
            tenants: RefCell::default(),
        });
        raw.on_cleanup(move |done| {
            let ended = ENVIRONMENTS.with(|all| {
                let mut all = all.borrow_mut();
                let place = all.iter().position(|e| e.raw == raw)?;
                let ended = all.swap_remove(place);
                all.shrink_to_fit();
                Some(ended)
            });
            if let Some(environment) = ended {
                environment.tear_down();
                environment.lp.when_empty(Box::new(move || drop(done)));
            }
        })?;
        ENVIRONMENTS.with(|all| all.borrow_mut().push(environment.clone()));
        Ok(environment)
    }

    /// That of the first loading of the addon, on whose end this one is torn down: what is kept until then belongs to it.
    pub fn raw(&self) -> RawEnv {
        self.raw
    }

    /// The loop that it runs on.
    pub fn event_loop(&self) -> &Loop {
        &self.lp
    }

    /// The descriptors that its JavaScript knows by number and that nothing owns yet.
    pub fn numbers(&self) -> &Rc<Numbers> {
        &self.numbers
    }

    /// The one `T` of this environment.
    pub fn tenant<T: Tenant>(&self) -> Result<Rc<T>, Errno> {
        let key = TypeId::of::<T>();
        let known = self.tenants.borrow().iter().find(|(k, _)| *k == key).map(|(_, t)| t.clone());
        let tenant: Rc<dyn AnyTenant> = match known {
            Some(tenant) => tenant,
            None => {
                let tenant: Rc<dyn AnyTenant> = Rc::new(T::settle(self)?);
                self.tenants.borrow_mut().push((key, tenant.clone()));
                tenant
            }
        };
        Ok(tenant.as_any().downcast::<T>().unwrap_or_else(|_| unreachable!("keyed by its own type")))
    }

    fn tear_down(&self) {
        // The newest first: it may use those that were there before it.
        while let Some((_, tenant)) = { self.tenants.borrow_mut().pop() } {
            tenant.tear_down();
        }
        self.numbers.close();
    }
}

//! `spawn` and what can be done with a running child.

use std::rc::Rc;

use napi::Env;
use napi::bindgen_prelude::Function;
use napi_derive::napi;
use nix::libc;

use super::env::{Environment, Tenant, take};
use crate::error::Errno;
use crate::spawn::start::{Command, start};
use crate::stdio::ends::Ends;
use crate::sys::node_api::{Callback, IntArray};
use crate::watch::reactor::Reactor;

/// The environment's reactor.
struct Children(Rc<Reactor>);

impl Tenant for Children {
    fn settle(environment: &Environment) -> Result<Children, Errno> {
        Ok(Children(Reactor::new(environment.event_loop())?))
    }

    fn tear_down(&self) {
        self.0.tear_down();
    }
}

fn reactor(env: &Env) -> Result<Rc<Reactor>, Errno> {
    Ok(Environment::of(env)?.tenant::<Children>()?.0.clone())
}

/// 0, or -errno.
fn status(result: Result<(), Errno>) -> i32 {
    result.map_or_else(Errno::negated, |()| 0)
}

const DETACHED: i32 = 1;
const UID_GIVEN: i32 = 2;
const GID_GIVEN: i32 = 4;
const KILL_ON_PARENT_EXIT: i32 = 8;

/// The command behind the arguments that `spawn` and `spawnSync` have in common.
#[allow(clippy::too_many_arguments)]
pub(super) fn command(
    file: String,
    args: String,
    env: Option<String>,
    cwd: Option<String>,
    flags: i32,
    uid: i32,
    gid: i32,
) -> Command {
    Command {
        file,
        args,
        env,
        cwd,
        detached: flags & DETACHED != 0,
        kill_on_parent_exit: flags & KILL_ON_PARENT_EXIT != 0,
        uid: (flags & UID_GIVEN != 0).then_some(uid as u32),
        gid: (flags & GID_GIVEN != 0).then_some(gid as u32),
    }
}

/// Starts a child. Returns its pid or -errno; see the table for `io`.
#[napi(catch_unwind)]
#[allow(clippy::too_many_arguments)]
pub fn spawn(
    env: Env,
    file: String,
    args: String,
    env_pairs: Option<String>,
    cwd: Option<String>,
    flags: i32,
    uid: i32,
    gid: i32,
    mut io: IntArray,
) -> i32 {
    let command = command(file, args, env_pairs, cwd, flags, uid, gid);
    let Some((wanted, [id_place, _])) = io.elements().split_last_chunk_mut::<2>() else {
        return Errno(libc::EINVAL).negated();
    };
    let started = (|| {
        // Before the start: a child that cannot be watched must not be born.
        let environment = Environment::of(&env)?;
        let reactor = environment.tenant::<Children>()?.0.clone();
        let numbers = environment.numbers();
        let ends = Ends::make(wanted)?;
        let process = match start(command, ends.sources()) {
            Ok(process) => process,
            Err(failure) => {
                // Users get streams of these as well: ends whose other side is gone, so they end and break by themselves.
                if matches!(failure.errno.0, libc::EACCES | libc::EAGAIN | libc::ENOENT) {
                    ends.release_into(wanted, |end| numbers.give(end));
                }
                return Err(failure.errno);
            }
        };
        let pid = process.pid();
        *id_place = reactor.add(process)?;
        ends.release_into(wanted, |end| numbers.give(end));
        Ok::<i32, Errno>(pid)
    })();
    started.unwrap_or_else(Errno::negated)
}

/// Sends a signal; -ESRCH once the child was reaped.
#[napi(catch_unwind)]
pub fn kill(env: Env, id: i32, signal: i32) -> i32 {
    status(reactor(&env).and_then(|reactor| reactor.kill(id, signal)))
}

/// Sends a signal to the child and all its descendants; -ESRCH once the child was reaped.
#[napi(catch_unwind)]
pub fn kill_tree(env: Env, id: i32, signal: i32) -> i32 {
    status(reactor(&env).and_then(|reactor| reactor.kill_tree(id, signal)))
}

/// Lets the child keep the loop alive.
#[napi(js_name = "ref", catch_unwind)]
pub fn reference(env: Env, id: i32) {
    if let Ok(reactor) = reactor(&env) {
        reactor.set_ref(id, true);
    }
}

/// Lets the loop end while the child lives.
#[napi(js_name = "unref", catch_unwind)]
pub fn unreference(env: Env, id: i32) {
    if let Ok(reactor) = reactor(&env) {
        reactor.set_ref(id, false);
    }
}

/// Says whom to call for each exit: `callback(id, exitCode, signalNumber, …)`, where the rest is what the child used, if
/// that is known: user microseconds, system microseconds, max RSS, minor faults, major faults, voluntary switches,
/// involuntary switches.
#[napi(catch_unwind)]
pub fn on_exit(env: Env, callback: Function<'_>) -> i32 {
    status((|| {
        let reactor = reactor(&env)?;
        let callback = Callback::new(Environment::of(&env)?.raw(), callback)?;
        reactor.set_on_exit(Some(Rc::new(move |id, exit| match exit.usage {
            None => callback.call(|js| [js.int(id), js.int(exit.code), js.int(exit.signal)]),
            Some(usage) => callback.call(|js| {
                [
                    js.int(id),
                    js.int(exit.code),
                    js.int(exit.signal),
                    js.double(usage.user_micros),
                    js.double(usage.system_micros),
                    js.double(usage.max_rss),
                    js.double(usage.minor_faults),
                    js.double(usage.major_faults),
                    js.double(usage.voluntary_switches),
                    js.double(usage.involuntary_switches),
                ]
            }),
        })));
        Ok(())
    })())
}

/// Closes a descriptor that never became a stream.
#[napi(catch_unwind)]
pub fn close_fd(env: Env, fd: i32) -> i32 {
    status(take(&env, fd).map(drop))
}

/// Says that one of Node's handles has taken the descriptor over.
#[napi(catch_unwind)]
pub fn forget_fd(env: Env, fd: i32) {
    if let Ok(environment) = Environment::of(&env) {
        environment.numbers().forget(fd);
    }
}

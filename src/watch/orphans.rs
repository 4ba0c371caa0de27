//! Children whose environment ended before them.
//!
//! A worker may be terminated while its children live on. Nobody hears of their end any more, but somebody must
//! reap them or they stay zombies as long as the process runs. One thread for the whole process does it, as long as there
//! are such children; on the main thread's end the process ends as well and init inherits its children.

use std::future::poll_fn;
use std::sync::{Mutex, PoisonError};
use std::task::Poll;

use tokio::runtime;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

use crate::sys::async_exit::reap_at_exit;
use crate::sys::background;
use crate::sys::os::process::Process;

static ADOPTION: Mutex<Option<UnboundedSender<Process>>> = Mutex::new(None);

/// Reaps `child` when it ends, whenever that is.
pub fn adopt(child: Process) {
    let mut adoption = ADOPTION.lock().unwrap_or_else(PoisonError::into_inner);
    let child = match adoption.as_ref() {
        None => child,
        Some(sender) => match sender.send(child) {
            Ok(()) => return,
            Err(refused) => refused.0,
        },
    };
    let (sender, receiver) = unbounded_channel();
    let started = background::start("orphan-reaper", 256 * 1024, move || serve(receiver));
    // Without threads there is nothing better to do than leave the child to init.
    if started.is_ok() && sender.send(child).is_ok() {
        *adoption = Some(sender);
    }
}

fn serve(mut orphans: UnboundedReceiver<Process>) {
    let watching = runtime::Builder::new_current_thread().enable_all().build();
    let can_watch = watching.is_ok();
    // It takes descriptors, and none may be left.
    let runtime = watching.or_else(|_| runtime::Builder::new_current_thread().enable_time().build());
    let Ok(runtime) = runtime else { return };
    let tasks = tokio::task::LocalSet::new();
    tasks.block_on(&runtime, async {
        let mut running = JoinSet::new();
        loop {
            let next = poll_fn(|context| match orphans.poll_recv(context) {
                Poll::Pending => running.poll_join_next(context).map(|_| None),
                arrived => arrived,
            });
            match next.await {
                Some(orphan) => drop(running.spawn_local(reap_at_exit(orphan, can_watch))),
                None if running.is_empty() && retire(&orphans) => return,
                None => {}
            }
        }
    });
}

/// Whether nobody has sent one meanwhile: the next orphan then gets a thread of its own.
fn retire(orphans: &UnboundedReceiver<Process>) -> bool {
    let mut adoption = ADOPTION.lock().unwrap_or_else(PoisonError::into_inner);
    if orphans.is_empty() {
        *adoption = None;
    }
    orphans.is_empty()
}

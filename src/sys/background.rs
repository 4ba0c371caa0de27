//! Threads of our own, all started here: no signal is for them, but each answers libc's.
//!
//! What only has to wait takes none of its own: it is a task of one runtime, whose thread is started for the first of them and stays.

use std::future::pending;
use std::sync::{Mutex, PoisonError};
use std::thread;

use nix::libc;
use tokio::runtime::{Builder, Handle};

use super::signals::Blocked;
use crate::error::Errno;

/// Starts a thread that runs `body` on a stack of so many bytes; nobody joins it.
pub fn start(name: &str, stack: usize, body: impl FnOnce() + Send + 'static) -> Result<(), Errno> {
    // The thread inherits the mask: signals are for Node's own threads.
    let _blocked = Blocked::all();
    #[allow(clippy::disallowed_methods)]
    match thread::Builder::new().name(name.into()).stack_size(stack).spawn(body) {
        Ok(_detached) => Ok(()),
        Err(error) => Err(from_io(&error)),
    }
}

fn from_io(error: &std::io::Error) -> Errno {
    Errno(error.raw_os_error().unwrap_or(libc::EAGAIN))
}

/// Runs a task beside all event loops: something that waits for a time and acts then. An error where there can be no thread.
///
/// The runtime has timers alone. To wait for descriptors it would need some itself, and programs count those that they find open.
pub fn run(task: impl Future<Output = ()> + Send + 'static) -> Result<(), Errno> {
    static RUNTIME: Mutex<Option<Handle>> = Mutex::new(None);
    let mut runtime = RUNTIME.lock().unwrap_or_else(PoisonError::into_inner);
    let handle = match &*runtime {
        Some(handle) => handle,
        None => runtime.insert(start_runtime()?),
    };
    handle.spawn(task);
    Ok(())
}

fn start_runtime() -> Result<Handle, Errno> {
    let runtime = Builder::new_current_thread().enable_time().build().map_err(|error| from_io(&error))?;
    let handle = runtime.handle().clone();
    start("child-waiter", 256 * 1024, move || runtime.block_on(pending()))?;
    Ok(handle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    #[test]
    fn tasks_run_side_by_side_in_one_thread() {
        let (sender, receiver) = channel();
        for millis in [40, 1] {
            let sender = sender.clone();
            run(async move {
                tokio::time::sleep(Duration::from_millis(millis)).await;
                sender.send((millis, thread::current().id())).unwrap();
            })
            .unwrap();
        }
        let [first, second] = [receiver.recv().unwrap(), receiver.recv().unwrap()];
        assert_eq!((first.0, second.0), (1, 40));
        assert_eq!(first.1, second.1);
    }
}

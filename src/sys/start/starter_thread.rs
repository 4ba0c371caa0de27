//! The one thread that starts children which are to die with this process.
//!
//! PR_SET_PDEATHSIG is about the *thread* that made the child: the end of a worker would end its children. So these children are made by a
//! thread that lives as long as the process. It starts one child at a time, and whoever asked waits for it, as it would for a start of its
//! own. A child inherits this thread's nice value and processor set, which are those of the thread that asked first.
//!
//! # Safety
//! An image is lent to the thread for as long as its owner waits for the answer.
#![allow(unsafe_code)]

use std::ptr::NonNull;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Mutex, PoisonError};

use nix::libc;

use crate::child::image::Image;
use crate::error::{Errno, Failure};
use crate::sys::background;
use crate::sys::os::process::Process;

/// How a child is started on the thread.
type Start = fn(&Image) -> Result<Process, Failure>;

struct Order {
    image: NonNull<Image>,
    start: Start,
    answer: SyncSender<Result<Process, Failure>>,
}

// SAFETY: the image's owner touches it only after the answer, or after the order was dropped unanswered.
unsafe impl Send for Order {}

static ORDERS: Mutex<Option<Sender<Order>>> = Mutex::new(None);

/// Has the thread call `start` with `image`.
pub fn start(image: &Image, start: Start) -> Result<Process, Failure> {
    let (answer, answered) = sync_channel(1);
    hand_over(Order { image: NonNull::from(image), start, answer })?;
    // An error: the order was dropped without an answer, so nobody looks at the image any more.
    answered.recv().unwrap_or(Err(Failure::prepare(Errno(libc::EAGAIN))))
}

fn hand_over(order: Order) -> Result<(), Errno> {
    let mut orders = ORDERS.lock().unwrap_or_else(PoisonError::into_inner);
    let order = match orders.as_ref() {
        None => order,
        Some(sender) => match sender.send(order) {
            Ok(()) => return Ok(()),
            Err(refused) => refused.0,
        },
    };
    let (sender, receiver) = channel();
    background::start("child-starter", 256 * 1024, move || serve(receiver))?;
    sender.send(order).map_err(|_| Errno(libc::EAGAIN))?;
    *orders = Some(sender);
    Ok(())
}

fn serve(orders: Receiver<Order>) {
    for order in orders {
        // SAFETY: the owner waits for the answer.
        let result = (order.start)(unsafe { order.image.as_ref() });
        let _ = order.answer.send(result);
    }
}

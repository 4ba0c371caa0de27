//! Starts a child, feeds it, collects what it writes, and comes back when it has ended and all its streams have.
//!
//! One `poll` over the streams and the child's exit descriptor; no loop of libuv, no thread. Where there is no exit descriptor
//! the child is asked in between whether it has ended. When nothing is left but its end, `wait` serves. The rules are
//! those of Node's own synchronous runner:
//! - the streams are waited for even after the exit (a grandchild may hold them), and so long the timeout counts;
//! - after a kill (timeout, or more output than allowed) the streams are closed and only the exit is waited for;
//! - the bound on output counts all streams together and what was read beyond it is kept;
//! - of several errors the first counts, those of streams only if there is no other.

use std::os::fd::OwnedFd;
use std::thread;
use std::time::{Duration, Instant};

use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::stream::Stream;
use crate::child::exit::Exit;
use crate::error::Errno;
use crate::spawn::start::{Command, start};
use crate::stdio::ends::{Ends, SOCKET};
use crate::sys::os::process::Process;
use crate::sys::region::Region;

/// How long a busy writer is given to fill its pipe before the next look at it.
const LET_IT_FILL: Duration = Duration::from_micros(50);
/// A child without an exit descriptor is asked after each of these parts of its life so far, in milliseconds between the
/// two bounds: its end is never seen later than a fiftieth of the time that it took.
const PART_OF_LIFE: u128 = 50;
const SHORTEST_PAUSE: u128 = 1;
const LONGEST_PAUSE: u128 = 20;

/// What the caller allows.
pub struct Limits {
    /// None: as long as it takes.
    pub timeout: Option<Duration>,
    /// Bytes of output of all streams together. None: as much as there is.
    pub max_output: Option<usize>,
    /// The signal that enforces both.
    pub kill_signal: i32,
}

/// What became of the child.
pub struct Outcome {
    /// Its number, 0 if it was never started.
    pub pid: i32,
    /// Its end, unless it was never started.
    pub exit: Option<Exit>,
    /// What went wrong first.
    pub error: Option<Errno>,
    /// For each descriptor what it wrote, where that was collected.
    pub output: Vec<Option<Region>>,
}

/// Runs `command` to its end. `wanted` as for `Ends::make`; `inputs[i]` goes to descriptor i.
pub fn run(command: Command, wanted: &[i32], inputs: &[Option<&[u8]>], limits: &Limits) -> Outcome {
    match begin(command, wanted, inputs) {
        Ok((process, streams)) => Run::new(process, streams, limits).finish(),
        Err(errno) => Outcome { pid: 0, exit: None, error: Some(errno), output: Vec::new() },
    }
}

type Streams<'i> = Vec<Option<Stream<'i>>>;

fn begin<'i>(
    command: Command,
    wanted: &[i32],
    inputs: &[Option<&'i [u8]>],
) -> Result<(Process, Streams<'i>), Errno> {
    let mut ends = Ends::make(wanted)?;
    let as_stream = |(target, end): (usize, Option<OwnedFd>)| {
        let input = inputs.get(target).copied().flatten();
        // The first descriptor is the child's to read unless it was asked for two-way; the others are its to write.
        end.map(|fd| Stream::new(fd, input, target != 0 || wanted[target] == SOCKET)).transpose()
    };
    // Input is written before there is a child: what fits cannot meet one that has already gone.
    let streams = ends.take_parent().into_iter().enumerate().map(as_stream).collect::<Result<_, _>>()?;
    let process = start(command, ends.sources()).map_err(|failure| failure.errno)?;
    Ok((process, streams))
}

struct Run<'i, 'l> {
    process: Process,
    streams: Streams<'i>,
    limits: &'l Limits,
    begin: Instant,
    deadline: Option<Instant>,
    /// The exit descriptor tells nothing: there is none, or a debugger holds the dead child.
    must_ask: bool,
    exit: Option<Exit>,
    killed: bool,
    collected: usize,
    error: Option<Errno>,
    stream_error: Option<Errno>,
}

impl<'i, 'l> Run<'i, 'l> {
    fn new(process: Process, streams: Streams<'i>, limits: &'l Limits) -> Run<'i, 'l> {
        let begin = Instant::now();
        Run {
            must_ask: process.exit_fd().is_none(),
            process,
            streams,
            limits,
            begin,
            deadline: limits.timeout.and_then(|timeout| begin.checked_add(timeout)),
            exit: None,
            killed: false,
            collected: 0,
            error: None,
            stream_error: None,
        }
    }

    fn finish(mut self) -> Outcome {
        while self.streams.iter().flatten().any(|s| s.interest().is_some())
            || self.exit.is_none() && self.deadline.is_some()
        {
            self.turn();
        }
        Outcome {
            pid: self.process.pid(),
            exit: Some(self.exit.unwrap_or_else(|| self.process.bury())),
            error: self.error.or(self.stream_error),
            output: self.streams.into_iter().map(|s| s.and_then(Stream::into_output)).collect(),
        }
    }

    /// Waits for something to happen, once, and deals with all of it.
    fn turn(&mut self) {
        let mut fds: Vec<PollFd<'_>> = Vec::with_capacity(self.streams.len() + 1);
        let mut owners = Vec::with_capacity(self.streams.len());
        for (at, stream) in self.streams.iter().enumerate() {
            if let Some((fd, read, write)) = stream.as_ref().and_then(Stream::interest) {
                fds.push(PollFd::new(fd, directions(read, write)));
                owners.push(at);
            }
        }
        if self.exit.is_none()
            && !self.must_ask
            && let Some(exit_fd) = self.process.exit_fd()
        {
            fds.push(PollFd::new(exit_fd, PollFlags::POLLIN));
        }
        let ready: Vec<PollFlags> = match poll(&mut fds, self.patience()) {
            Ok(_) => fds.iter().map(|fd| fd.revents().unwrap_or(PollFlags::empty())).collect(),
            // A signal for one of Node's handlers, which runs later.
            Err(nix::errno::Errno::EINTR) => Vec::new(),
            Err(errno) => {
                self.fail(errno.into());
                return;
            }
        };
        if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            self.fail(Errno(libc::ETIMEDOUT));
            return;
        }
        // The streams first: what was written before the exit counts.
        let mut early = false;
        for (at, events) in owners.iter().zip(&ready) {
            early |= self.serve(*at, *events);
        }
        // Before the pause, and often in its place.
        let prepared =
            self.streams.iter_mut().flatten().filter_map(|s| s.prepare().then_some(())).count() > 0;
        let has_ended = ready.get(owners.len()).is_some_and(|events| !events.is_empty());
        if self.exit.is_none() && (has_ended || self.must_ask) {
            self.reap();
        } else if early && !prepared {
            thread::sleep(LET_IT_FILL);
        }
    }

    fn patience(&self) -> PollTimeout {
        let pause = (self.exit.is_none() && self.must_ask)
            .then(|| (self.begin.elapsed().as_millis() / PART_OF_LIFE).clamp(SHORTEST_PAUSE, LONGEST_PAUSE));
        // Rounded up, lest the last millisecond is spent spinning.
        let left = self
            .deadline
            .map(|deadline| deadline.saturating_duration_since(Instant::now()).as_micros().div_ceil(1000));
        let Some(millis) = pause.into_iter().chain(left).min() else { return PollTimeout::NONE };
        PollTimeout::try_from(millis.min(i32::MAX as u128) as i32).unwrap_or(PollTimeout::MAX)
    }

    /// True if a read came too early.
    fn serve(&mut self, at: usize, events: PollFlags) -> bool {
        let Some(Some(stream)) = self.streams.get_mut(at) else { return false };
        let mut early = false;
        if events.contains(PollFlags::POLLNVAL) {
            // Somebody has closed it under us.
            stream.close();
            self.stream_error.get_or_insert(Errno(libc::EBADF));
        }
        // POLLHUP: the other end takes nothing any more, which the write is told by EPIPE.
        if events.intersects(PollFlags::POLLOUT | PollFlags::POLLERR | PollFlags::POLLHUP)
            && let Some((_, _, true)) = stream.interest()
            && let Err(errno) = stream.write()
        {
            self.stream_error.get_or_insert(errno);
        }
        if events.intersects(PollFlags::POLLIN | PollFlags::POLLHUP | PollFlags::POLLERR)
            && let Some((_, true, _)) = stream.interest()
        {
            let bound = self.limits.max_output.map_or(usize::MAX, |max| max.saturating_sub(self.collected));
            match stream.read(bound) {
                Ok(read) => {
                    self.collected += read.count;
                    early = read.early;
                }
                // Nothing can be read any more.
                Err(Errno(libc::ENOMEM)) => self.fail(Errno(libc::ENOMEM)),
                Err(errno) => {
                    self.stream_error.get_or_insert(errno);
                }
            }
            if self.limits.max_output.is_some_and(|max| self.collected > max) {
                self.fail(Errno(libc::ENOBUFS));
            }
        }
        early
    }

    fn reap(&mut self) {
        self.exit = self.process.try_reap().unwrap_or_else(|_| Some(self.process.stolen_exit()));
        // It would be ready all the time.
        self.must_ask |= self.exit.is_none();
    }

    fn fail(&mut self, errno: Errno) {
        self.error.get_or_insert(errno);
        if std::mem::replace(&mut self.killed, true) {
            return;
        }
        self.deadline = None;
        if self.exit.is_none()
            && let Err(refused) = self.process.kill(self.limits.kill_signal)
            && refused != Errno(libc::ESRCH)
        {
            // A signal that the kernel does not know. The child must go all the same.
            let _ = self.process.kill(libc::SIGKILL);
        }
        self.streams.iter_mut().flatten().for_each(Stream::close);
    }
}

fn directions(read: bool, write: bool) -> PollFlags {
    let mut flags = PollFlags::empty();
    flags.set(PollFlags::POLLIN, read);
    flags.set(PollFlags::POLLOUT, write);
    flags
}

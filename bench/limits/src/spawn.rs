//! Starting and waiting with posix_spawn and waitpid: the least that a start costs, and how many one thread can keep going.

use crate::{median_us, Options};
use std::ffi::{CStr, CString};
use std::fs::File;
use std::io::Read;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::time::{Duration, Instant};

extern "C" {
    static environ: *const *mut libc::c_char;
}

/// A start that is prepared once, as a tight loop in C would do it.
struct Program {
    path: CString,
    args: Vec<CString>,
}

impl Program {
    fn new(words: &[&str]) -> Program {
        let args: Vec<CString> = words.iter().map(|word| CString::new(*word).unwrap()).collect();
        Program { path: args[0].clone(), args }
    }

    /// `stdio[i]` becomes descriptor i of the child; the standard ones that are not given are /dev/null.
    fn start(&self, stdio: &[Option<&OwnedFd>; 3]) -> libc::pid_t {
        const NULL: &CStr = c"/dev/null";
        let mut argv: Vec<*mut libc::c_char> = self.args.iter().map(|arg| arg.as_ptr() as *mut _).collect();
        argv.push(std::ptr::null_mut());
        // SAFETY: the action list is initialised before use and destroyed after it; every pointer lives until posix_spawn returned.
        unsafe {
            let mut actions = std::mem::zeroed();
            libc::posix_spawn_file_actions_init(&mut actions);
            for (to, from) in stdio.iter().enumerate() {
                let to = to as i32;
                match from {
                    Some(fd) => libc::posix_spawn_file_actions_adddup2(&mut actions, fd.as_raw_fd(), to),
                    None => libc::posix_spawn_file_actions_addopen(&mut actions, to, NULL.as_ptr(), libc::O_RDWR, 0),
                };
            }
            let mut pid = 0;
            let errno = libc::posix_spawn(&mut pid, self.path.as_ptr(), &actions, std::ptr::null(), argv.as_ptr(), environ);
            libc::posix_spawn_file_actions_destroy(&mut actions);
            assert_eq!(errno, 0, "posix_spawn");
            pid
        }
    }
}

pub fn wait(pid: libc::pid_t) -> libc::pid_t {
    // SAFETY: no status is asked for.
    let got = unsafe { libc::waitpid(pid, std::ptr::null_mut(), 0) };
    assert!(got > 0, "waitpid");
    got
}

pub fn pipe() -> (OwnedFd, OwnedFd) {
    let mut ends = [0; 2];
    // SAFETY: the array has room for both, and nobody else knows the new descriptors.
    unsafe {
        assert_eq!(libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC), 0, "pipe2");
        (OwnedFd::from_raw_fd(ends[0]), OwnedFd::from_raw_fd(ends[1]))
    }
}

pub fn start_writer(words: &[&str], stdout: &OwnedFd) -> libc::pid_t {
    Program::new(words).start(&[None, Some(stdout), None])
}

fn start_true(program: &Program, pipes: bool) -> (libc::pid_t, Vec<OwnedFd>) {
    if !pipes {
        return (program.start(&[None; 3]), Vec::new());
    }
    let (stdin, stdout, stderr) = (pipe(), pipe(), pipe());
    let pid = program.start(&[Some(&stdin.0), Some(&stdout.1), Some(&stderr.1)]);
    (pid, vec![stdin.1, stdout.0, stderr.0])
}

/// How long one start holds its caller.
pub fn block(options: &Options) -> f64 {
    let program = Program::new(&["/bin/true"]);
    median_us(options.budget, 7, || {
        let start = Instant::now();
        let (pid, ends) = start_true(&program, options.pipes);
        let held = start.elapsed();
        drop(ends);
        wait(pid);
        held
    })
}

/// From the start to the end seen.
pub fn close(options: &Options) -> f64 {
    let program = Program::new(&["/bin/true"]);
    median_us(options.budget, 7, || {
        let start = Instant::now();
        wait(start_true(&program, false).0);
        start.elapsed()
    })
}

/// Starts a second, with `width` in flight.
pub fn rate(options: &Options) -> f64 {
    let program = Program::new(&["/bin/true"]);
    let stretch = |time: Duration| {
        let start = Instant::now();
        let mut live: Vec<(libc::pid_t, Vec<OwnedFd>)> = (0..options.width).map(|_| start_true(&program, options.pipes)).collect();
        let mut closed = 0;
        while !live.is_empty() {
            let pid = wait(-1);
            live.retain(|(other, _)| *other != pid);
            closed += 1;
            if start.elapsed() < time {
                live.push(start_true(&program, options.pipes));
            }
        }
        closed as f64 / start.elapsed().as_secs_f64()
    };
    stretch(options.budget / 10);
    stretch(options.budget)
}

/// A short command with its output read to the end, in microseconds.
pub fn echo(options: &Options) -> f64 {
    let program = Program::new(if options.shell { &["/bin/sh", "-c", "echo hello"] } else { &["/bin/echo", "hello"] });
    let mut text = Vec::new();
    median_us(options.budget, 7, || {
        let start = Instant::now();
        let (stdout, stderr) = (pipe(), pipe());
        let pid = program.start(&[None, Some(&stdout.1), Some(&stderr.1)]);
        drop((stdout.1, stderr.1));
        text.clear();
        File::from(stdout.0).read_to_end(&mut text).expect("read");
        File::from(stderr.0).read_to_end(&mut text).expect("read");
        wait(pid);
        assert_eq!(text, b"hello\n");
        start.elapsed()
    })
}

/// `count` live children killed at once, until the last was reaped, in milliseconds.
pub fn kill_all(options: &Options) -> f64 {
    let program = Program::new(&["/bin/sleep", "1000"]);
    let pids: Vec<libc::pid_t> = (0..options.count).map(|_| program.start(&[None; 3])).collect();
    std::thread::sleep(Duration::from_millis(300));
    let start = Instant::now();
    for pid in &pids {
        // SAFETY: plain system call; the child is ours and not yet reaped.
        unsafe { libc::kill(*pid, libc::SIGKILL) };
    }
    for _ in &pids {
        wait(-1);
    }
    start.elapsed().as_secs_f64() * 1e3
}

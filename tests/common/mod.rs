//! Starting real children by each of the three mechanisms, for the tests that do.
#![allow(dead_code)] // Each of the programs takes what it needs.

use std::os::fd::{AsFd, OwnedFd};
use std::thread;
use std::time::{Duration, Instant};

use rs_child_process::child::exit::Exit;
use rs_child_process::error::Failure;
use rs_child_process::spawn::mechanism;
use rs_child_process::spawn::start::{Command, image};
use rs_child_process::stdio::ends::{Ends, IGNORE, PIPE};
use rs_child_process::stdio::plan::Source;
use rs_child_process::stdio::streams;
use rs_child_process::sys::os::process::Process;
use rs_child_process::sys::start::fork;

pub type Start = fn(Command, &[Source]) -> Result<Process, Failure>;

pub const MECHANISMS: [(&str, Start); 3] = [
    ("clone", |command, sources| mechanism::start(&image(command, sources)?)),
    ("fork", |command, sources| fork::start(&image(command, sources)?, false)),
    ("fork, without pidfd", |command, sources| fork::start(&image(command, sources)?, true)),
];

pub fn command(file: &str, args: &[&str]) -> Command {
    Command {
        file: file.into(),
        args: [&[file], args].concat().join("\0"),
        env: Some("PATH=/usr/bin:/bin".into()),
        cwd: None,
        detached: false,
        kill_on_parent_exit: false,
        uid: None,
        gid: None,
    }
}

pub fn sh(script: &str) -> Command {
    command("sh", &["-c", script])
}

pub fn wait(process: &Process) -> Exit {
    let start = Instant::now();
    loop {
        if let Some(exit) = process.try_reap().expect("our own child") {
            return exit;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "the child does not end");
        thread::sleep(Duration::from_millis(1));
    }
}

pub fn read_all(fd: &OwnedFd) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        match streams::read(fd.as_fd(), &mut buffer).unwrap() {
            0 => return String::from_utf8(bytes).unwrap(),
            count => bytes.extend_from_slice(&buffer[..count]),
        }
    }
}

/// What a child wrote to its standard output, and its end.
pub fn output(start: Start, command: Command) -> (String, Exit) {
    let mut ends = Ends::make(&[IGNORE, PIPE, IGNORE]).unwrap();
    let process = start(command, ends.sources()).expect("starts");
    let ours = ends.take_parent();
    drop(ends);
    let text = read_all(ours[1].as_ref().unwrap());
    (text, wait(&process))
}

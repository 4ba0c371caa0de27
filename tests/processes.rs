//! Real children by each of the three mechanisms, without Node: what a child is given and how it ends.

// Tests start threads as they like.
#![allow(clippy::disallowed_methods)]
#![cfg_attr(portable, allow(unused_imports))]

use std::fs;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::thread;

mod common;

use common::{MECHANISMS, Start, command, output, read_all, sh, wait};
use nix::libc;
use rs_child_process::error::{Errno, Failure, Step};
use rs_child_process::spawn::start::Command;
use rs_child_process::stdio::ends::{Ends, PIPE, SOCKET};
use rs_child_process::stdio::plan::Source;
use rs_child_process::stdio::streams;
use rs_child_process::sys::os::pipes;
use rs_child_process::sys::os::process::Process;

fn refusal(start: Start, command: Command) -> Failure {
    match start(command, &[]) {
        Err(failure) => failure,
        Ok(process) => panic!("started as {}", process.pid()),
    }
}

/// What cargo and the shell left open would otherwise show in every child.
fn seal_inherited() {
    // SAFETY: only sets close-on-exec, which all descriptors of this program have anyway.
    unsafe { libc::syscall(libc::SYS_close_range, 3, u32::MAX, libc::CLOSE_RANGE_CLOEXEC) };
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("rs-child-process-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    /// Written by another program: a child that another test forks at that moment would hold a descriptor of ours that is
    /// open for writing, and what is to be executed would be busy (ETXTBSY).
    fn file(&self, name: &str, text: &str, mode: u32) -> String {
        let path = self.0.join(name);
        let written = std::process::Command::new("/bin/sh")
            .args(["-c", "printf %s \"$1\" > \"$0\"", path.to_str().unwrap(), text])
            .status();
        assert!(written.unwrap().success());
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path.to_str().unwrap().into()
    }

    fn path(&self) -> String {
        self.0.to_str().unwrap().into()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn exit_codes_and_signals_arrive() {
    for (name, start) in MECHANISMS {
        for (script, code, signal) in
            [("exit 0", 0, 0), ("exit 255", 255, 0), ("kill -9 $$", 0, 9), ("kill -15 $$", 0, 15)]
        {
            let (_, exit) = output(start, sh(script));
            assert_eq!((exit.code, exit.signal), (code, signal), "{script} by {name}");
        }
    }
}

#[test]
fn signals_reach_the_child_until_it_is_reaped() {
    for (name, start) in MECHANISMS {
        let process = start(command("sleep", &["100"]), &[]).unwrap();
        assert_eq!(process.kill(0), Ok(()), "{name}");
        assert_eq!(process.kill(1000), Err(Errno(libc::EINVAL)), "{name}");
        assert_eq!(process.try_reap(), Ok(None), "{name}");
        assert_eq!(process.kill(libc::SIGTERM), Ok(()), "{name}");
        assert_eq!(wait(&process).signal, libc::SIGTERM, "{name}");
    }
}

#[test]
fn the_step_that_failed_is_told() {
    let folder = Folder::new("steps");
    let no_program = folder.file("text", "echo", 0o644);
    for (name, start) in MECHANISMS {
        let told = |command| {
            let failure = refusal(start, command);
            (failure.errno.0, failure.step)
        };
        assert_eq!(told(command("/no/such", &[])), (libc::ENOENT, Step::Exec), "{name}");
        assert_eq!(told(command("no-such-program", &[])), (libc::ENOENT, Step::Exec), "{name}");
        assert_eq!(told(command("", &[])), (libc::ENOENT, Step::Exec), "{name}");
        assert_eq!(told(command(&no_program, &[])), (libc::EACCES, Step::Exec), "{name}");
        assert_eq!(told(command("/", &[])), (libc::EACCES, Step::Exec), "{name}");
        assert_eq!(
            told(Command { cwd: Some("/no/such".into()), ..sh("") }),
            (libc::ENOENT, Step::Chdir),
            "{name}"
        );
        assert_eq!(
            told(command("true", &["x".repeat(3 << 20).as_str()])),
            (libc::E2BIG, Step::Exec),
            "{name}"
        );
        assert_eq!(
            start(sh(""), &[Source::Fd(9999)]).err().map(|f| (f.errno.0, f.step)),
            Some((libc::EBADF, Step::Stdio))
        );
    }
}

#[test]
fn the_search_follows_execvp() {
    let folder = Folder::new("search");
    folder.file("tool", "#!/bin/sh\necho found $0", 0o755);
    folder.file("refused", "#!/bin/sh\n", 0o644);
    let bare = folder.file("bare", "echo $# $1", 0o755);
    let here = folder.path();
    for (name, start) in MECHANISMS {
        let with_path =
            |file: &str, path: &str| Command { env: Some(format!("PATH={path}")), ..command(file, &[]) };
        let (text, _) = output(start, with_path("tool", &format!("/no/such:{here}")));
        assert_eq!(text, format!("found {here}/tool\n"), "{name}");
        let in_cwd = Command { cwd: Some(here.clone()), ..with_path("tool", "") };
        assert_eq!(
            output(start, in_cwd).0,
            "found tool\n",
            "an empty entry is the child's own directory, {name}"
        );
        assert_eq!(
            refusal(start, with_path("refused", &format!("{here}:/bin"))).errno.0,
            libc::EACCES,
            "{name}"
        );
        let bare = command(&bare, &["a b", "c"]);
        if cfg!(target_env = "musl") {
            assert_eq!(refusal(start, bare).errno.0, libc::ENOEXEC, "{name}");
        } else {
            assert_eq!(output(start, bare).0, "2 a b\n", "a script without interpreter line, {name}");
        }
        let no_env = Command { env: Some(String::new()), ..command("env", &[]) };
        assert_eq!(output(start, no_env).0, "", "an empty environment and the default path, {name}");
    }
}

#[test]
fn a_child_gets_directory_session_and_environment() {
    for (name, start) in MECHANISMS {
        let pwd = Command { cwd: Some("/usr".into()), ..command("pwd", &[]) };
        assert_eq!(output(start, pwd).0, "/usr\n", "{name}");
        let env = Command { env: Some("A=1\0PATH=/bin\0A=2\0B=".into()), ..command("/usr/bin/env", &[]) };
        assert_eq!(output(start, env).0, "A=1\nPATH=/bin\nA=2\nB=\n", "{name}");
        // Fields of /proc/self/stat: 1 pid, 6 session.
        let session = |detached| {
            let text = output(start, Command { detached, ..command("cat", &["/proc/self/stat"]) }).0;
            let fields: Vec<&str> = text.split(' ').collect();
            fields[0] == fields[5]
        };
        assert!(session(true) && !session(false), "{name}");
    }
}

// libc, which the portable build goes by, hides the two signals that it keeps for itself.
#[cfg(not(portable))]
#[test]
fn a_child_starts_with_default_dispositions_and_an_empty_mask() {
    let mut mask = nix::sys::signal::SigSet::empty();
    mask.add(nix::sys::signal::Signal::SIGUSR1);
    mask.thread_block().unwrap();
    for (name, start) in MECHANISMS {
        let (text, _) = output(start, command("cat", &["/proc/self/status"]));
        // Real-time signals that are ignored here stay so (who starts us by posix_spawn leaves those of libc ignored).
        for (field, bits) in [("SigBlk", u64::MAX), ("SigCgt", u64::MAX), ("SigIgn", u64::MAX >> 33)] {
            let line = text.lines().find(|l| l.starts_with(field)).unwrap();
            let set = u64::from_str_radix(line.rsplit('\t').next().unwrap(), 16).unwrap();
            assert_eq!(set & bits, 0, "{line} by {name}");
        }
        let now = nix::sys::signal::SigSet::thread_get_mask().unwrap();
        assert!(now.contains(nix::sys::signal::Signal::SIGUSR1), "the parent keeps its own mask");
        assert!(!now.contains(nix::sys::signal::Signal::SIGTERM));
    }
}

#[test]
fn descriptors_arrive_swapped_shared_and_beyond_two() {
    seal_inherited();
    for (name, start) in MECHANISMS {
        let (a_read, a_write) = pipes::pipe().unwrap();
        let (b_read, b_write) = pipes::pipe().unwrap();
        let (a, b) = (Source::Fd(a_write.as_raw_fd()), Source::Fd(b_write.as_raw_fd()));
        let script = sh("echo one; echo two >&2; echo five >&5; ls -1 /proc/self/fd | wc -l >&5");
        let process = start(script, &[Source::Ignore, b, a, Source::Ignore, Source::Ignore, a]).unwrap();
        drop((a_write, b_write));
        // 0, 1, 2, 5 and the folder itself.
        assert_eq!(read_all(&a_read), "two\nfive\n5\n", "{name}");
        assert_eq!(read_all(&b_read), "one\n", "{name}");
        wait(&process);
    }
}

// Where pipes cannot be enlarged (the portable build) standard streams are socket pairs, as in libuv.
#[cfg(not(portable))]
#[test]
fn standard_streams_are_pipes_and_the_others_two_way() {
    for (name, start) in MECHANISMS {
        let mut ends = Ends::make(&[PIPE, PIPE, PIPE, PIPE, SOCKET]).unwrap();
        let process = start(
            sh("echo to >/dev/stdout; read x; echo $x; echo up >&3; read y <&3; echo $y; test -S /proc/self/fd/4 && echo socket"),
            ends.sources(),
        )
        .unwrap();
        let ours: Vec<OwnedFd> = ends.take_parent().into_iter().map(Option::unwrap).collect();
        drop(ends);
        streams::write(ours[0].as_fd(), b"in\n").unwrap();
        streams::write(ours[3].as_fd(), b"down\n").unwrap();
        assert_eq!(read_all(&ours[1]), "to\nin\ndown\nsocket\n", "{name}");
        let mut up = [0; 3];
        streams::read(ours[3].as_fd(), &mut up).unwrap();
        assert_eq!(&up, b"up\n", "{name}");
        wait(&process);
    }
}

#[test]
fn concurrent_starts_give_each_child_its_own_descriptors_only() {
    seal_inherited();
    for (name, start) in MECHANISMS {
        let threads: Vec<_> = (0..4)
            .map(|number: i32| {
                thread::spawn(move || {
                    for round in 0..40 {
                        let text = format!("{number} {round}");
                        let script = format!("echo {text}; ls -1 /proc/self/fd | wc -l");
                        // 0, 1, 2 and the folder itself.
                        assert_eq!(output(start, sh(&script)).0, format!("{text}\n4\n"), "{name}");
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
    }
}

#[test]
fn an_exit_that_somebody_else_waited_for_does_not_hang() {
    for (name, start) in MECHANISMS {
        let process = start(sh("exit 7"), &[]).unwrap();
        let mut status = 0;
        // SAFETY: the kernel writes one number.
        unsafe { libc::waitpid(process.pid(), &mut status, 0) };
        assert_eq!(process.try_reap(), Err(Errno(libc::ECHILD)), "{name}");
        // Linux 6.15 and newer keep the status in the pidfd; elsewhere the loss is told.
        assert!([7, -libc::ECHILD].contains(&process.stolen_exit().code), "{name}");
        assert_eq!(process.kill(0), Err(Errno(libc::ESRCH)), "{name}");
    }
}

// Only `clone` makes children with another exit signal than SIGCHLD.
#[cfg(not(portable))]
#[test]
fn a_child_that_dies_before_it_becomes_a_program_is_reaped() {
    let mut pidfd = -1;
    // SAFETY: a fork with the exit signal 0, as children have it before their `execve`; the child calls `_exit` only.
    let pid = unsafe { libc::syscall(libc::SYS_clone, libc::CLONE_PIDFD, 0, &raw mut pidfd, 0, 0) };
    if pid == 0 {
        // SAFETY: ends the child.
        unsafe { libc::_exit(5) };
    }
    // SAFETY: the kernel just made this descriptor.
    let pidfd = unsafe { std::os::fd::FromRawFd::from_raw_fd(pidfd) };
    assert_eq!(wait(&Process::new(pid as i32, Some(pidfd))).code, 5);
}

//! Children that are run to their end: input, output, bounds, and what of it wins.

use std::time::{Duration, Instant};

use nix::libc;
use rs_child_process::error::Errno;
use rs_child_process::spawn::start::Command;
use rs_child_process::spawn_sync::run::{Limits, Outcome, run};
use rs_child_process::stdio::ends::{IGNORE, PIPE};

const NONE: Limits = Limits { timeout: None, max_output: None, kill_signal: libc::SIGTERM };

fn sh(script: &str) -> Command {
    Command {
        file: "/bin/sh".into(),
        args: format!("sh\0-c\0{script}"),
        env: None,
        cwd: None,
        detached: false,
        kill_on_parent_exit: false,
        uid: None,
        gid: None,
    }
}

fn piped(script: &str, input: Option<&[u8]>, limits: &Limits) -> Outcome {
    run(sh(script), &[PIPE, PIPE, PIPE], &[input], limits)
}

fn text(outcome: &Outcome, at: usize) -> String {
    String::from_utf8_lossy(outcome.output[at].as_ref().unwrap().bytes()).into()
}

fn end(outcome: &Outcome) -> (i32, i32, i32) {
    let exit = outcome.exit.unwrap();
    (exit.code, exit.signal, outcome.error.map_or(0, |e| e.0))
}

#[test]
fn output_of_each_stream_is_collected() {
    let outcome = piped("echo out; echo err >&2; exit 4", None, &NONE);
    assert_eq!(end(&outcome), (4, 0, 0));
    assert_eq!((text(&outcome, 1), text(&outcome, 2)), ("out\n".into(), "err\n".into()));
    assert!(outcome.output[0].is_none());
    let quiet = run(sh("echo out"), &[IGNORE, IGNORE, PIPE], &[], &NONE);
    assert!(quiet.output[1].is_none());
    assert_eq!(quiet.output[2].as_ref().map(|r| r.len()), Some(0));
}

#[test]
fn input_far_larger_than_a_pipe_goes_through() {
    let input: Vec<u8> = (0..5_000_000u32).map(|n| (n % 251) as u8).collect();
    let outcome = piped("cat", Some(&input), &NONE);
    assert_eq!(end(&outcome), (0, 0, 0));
    assert!(outcome.output[1].as_ref().unwrap().bytes() == input);
}

#[test]
fn input_that_nobody_reads_is_an_error_of_the_stream() {
    assert_eq!(end(&piped("exec 0<&-; sleep 0.05", Some(&[b'x'; 1_000_000]), &NONE)), (0, 0, libc::EPIPE));
    assert_eq!(end(&piped("exec 0<&-", Some(b"fits in the pipe"), &NONE)), (0, 0, 0));
}

#[test]
fn without_input_the_child_reads_the_end_at_once() {
    assert_eq!(end(&piped("cat", None, &NONE)), (0, 0, 0));
    assert_eq!(end(&piped("cat", Some(b""), &NONE)), (0, 0, 0));
}

#[test]
fn a_timeout_kills_and_keeps_what_was_written() {
    let limits = Limits { timeout: Some(Duration::from_millis(200)), ..NONE };
    let started = Instant::now();
    let outcome = piped("echo first; exec sleep 20", None, &limits);
    assert_eq!(end(&outcome), (0, libc::SIGTERM, libc::ETIMEDOUT));
    assert_eq!(text(&outcome, 1), "first\n");
    assert!((200..5000).contains(&started.elapsed().as_millis()));
}

#[test]
fn a_timeout_also_ends_the_wait_for_a_grandchild() {
    let limits = Limits { timeout: Some(Duration::from_millis(300)), ..NONE };
    let outcome = piped("sleep 3 & echo here", None, &limits);
    assert_eq!(end(&outcome), (0, 0, libc::ETIMEDOUT));
    assert_eq!(text(&outcome, 1), "here\n");
}

#[test]
fn a_grandchild_that_holds_a_stream_is_waited_for() {
    let started = Instant::now();
    let outcome = piped("(sleep 0.3; echo late) & echo early", None, &NONE);
    assert_eq!(text(&outcome, 1), "early\nlate\n");
    assert!(started.elapsed() >= Duration::from_millis(300));
}

#[test]
fn the_bound_counts_all_streams_and_is_exact() {
    let limits = Limits { max_output: Some(10), ..NONE };
    assert_eq!(end(&piped("printf 0123456789", None, &limits)), (0, 0, 0));
    let outcome = piped("printf 0123456; printf 0123456 >&2; exec sleep 20", None, &limits);
    assert_eq!(end(&outcome), (0, libc::SIGTERM, libc::ENOBUFS));
    assert_eq!(text(&outcome, 1) + &text(&outcome, 2), "01234560123456");
}

#[test]
fn an_endless_writer_is_stopped_near_the_bound() {
    let limits = Limits { max_output: Some(1_000_000), ..NONE };
    let outcome = piped("exec cat /dev/zero", None, &limits);
    assert_eq!(outcome.error, Some(Errno(libc::ENOBUFS)));
    let length = outcome.output[1].as_ref().unwrap().len();
    assert!((1_000_001..1_200_000).contains(&length), "{length}");
}

#[test]
fn a_signal_that_the_kernel_refuses_becomes_the_one_that_cannot_fail() {
    let limits = Limits { timeout: Some(Duration::from_millis(50)), kill_signal: 200, ..NONE };
    assert_eq!(end(&piped("exec sleep 20", None, &limits)), (0, libc::SIGKILL, libc::ETIMEDOUT));
}

#[test]
fn a_child_that_cannot_start_has_no_end() {
    let command = Command { file: "/no/such".into(), ..sh("") };
    let outcome = run(command, &[PIPE, PIPE, PIPE], &[Some(b"x")], &NONE);
    assert_eq!((outcome.pid, outcome.error), (0, Some(Errno(libc::ENOENT))));
    assert!(outcome.exit.is_none());
}

#[test]
fn large_output_arrives_whole() {
    let outcome = piped("head -c 20000000 /dev/zero | tr '\\0' 'a'; printf end", None, &NONE);
    let bytes = outcome.output[1].as_ref().unwrap().bytes();
    assert_eq!(bytes.len(), 20_000_003);
    assert!(bytes[..20_000_000].iter().all(|b| *b == b'a') && bytes.ends_with(b"end"));
}

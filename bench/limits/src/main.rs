//! The physical limit that the bench prints beside each figure: what a small program without a JavaScript engine reaches with the plainest
//! system calls on this machine. Each subcommand prints one JSON line. Measured in the same rounds as the rows, because the machine's
//! speed drifts. The limits are practical, not theoretical: one thread, posix_spawn, blocking waits.

mod spawn;
mod transfer;

use std::time::{Duration, Instant};

pub struct Options {
    rss_mb: usize,
    budget: Duration,
    width: usize,
    count: usize,
    bytes: usize,
    places: usize,
    new: bool,
    pipes: bool,
    shell: bool,
}

fn options(args: &[String]) -> Options {
    let number = |name: &str, default: usize| {
        args.iter()
            .position(|arg| arg == name)
            .and_then(|at| args.get(at + 1))
            .map_or(default, |text| text.parse().expect("a number"))
    };
    let given = |name: &str| args.iter().any(|arg| arg == name);
    Options {
        rss_mb: number("--rss-mb", 0),
        budget: Duration::from_millis(number("--budget", 1000) as u64),
        width: number("--width", 16),
        count: number("--count", 1000),
        bytes: number("--bytes", 128 << 20),
        places: number("--places", 2),
        new: given("--new"),
        pipes: given("--pipes"),
        shell: given("--shell"),
    }
}

/// The median in microseconds of what `take` measures, for as long as the budget lasts.
pub fn median_us(budget: Duration, least: usize, mut take: impl FnMut() -> Duration) -> f64 {
    for _ in 0..3 {
        take();
    }
    let start = Instant::now();
    let mut values = Vec::new();
    while values.len() < least || (values.len() < 400 && start.elapsed() < budget) {
        values.push(take());
    }
    values.sort();
    values[values.len() / 2].as_secs_f64() * 1e6
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let options = options(&args);
    // One byte in each page is enough to make it resident and ours.
    let mut ballast = vec![0u8; options.rss_mb << 20];
    ballast.iter_mut().step_by(4096).for_each(|byte| *byte = 1);
    let value = match args.first().map(String::as_str) {
        Some("block") => spawn::block(&options),
        Some("close") => spawn::close(&options),
        Some("rate") => spawn::rate(&options),
        Some("echo") => spawn::echo(&options),
        Some("kill") => spawn::kill_all(&options),
        Some("stream") => transfer::read_pipe(&options, false),
        Some("collect") => transfer::read_pipe(&options, true),
        Some("socket") => transfer::socket_stream(&options),
        Some("shared") => transfer::shared_memory(&options),
        Some("round-trip") => transfer::round_trip(&options),
        Some("handles") => transfer::pass_descriptors(&options),
        _ => {
            eprintln!("usage: limits block|close|rate|echo|kill|stream|collect|socket|shared|round-trip|handles [--rss-mb n] [--budget ms] …");
            std::process::exit(2);
        }
    };
    std::hint::black_box(&ballast);
    println!("{{\"value\":{value}}}");
}

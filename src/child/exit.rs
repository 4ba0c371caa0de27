//! How a child ended and what it used, in the kernel's own numbers.

/// The end of a child.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Exit {
    /// The exit code, 0 when a signal ended it. Negative when the end is certain but its status is not:
    /// -ECHILD after somebody else's `wait` took it.
    pub code: i32,
    /// The signal that ended it, or 0.
    pub signal: i32,
    /// What it used, itself and its own waited-for children.
    /// None where the end was learnt otherwise than by `wait`.
    pub usage: Option<Usage>,
}

impl Exit {
    /// Reads a status word of `wait`.
    pub fn from_status(status: i32, usage: Option<Usage>) -> Exit {
        let signal = status & 0x7f;
        if signal == 0 {
            Exit { code: (status >> 8) & 0xff, signal: 0, usage }
        } else {
            Exit { code: 0, signal, usage }
        }
    }
}

/// Resource usage of a child, as `getrusage` counts it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    /// CPU time in user mode, microseconds.
    pub user_micros: f64,
    /// CPU time in the kernel, microseconds.
    pub system_micros: f64,
    /// Largest resident set, in kibibytes.
    pub max_rss: f64,
    /// Page faults served without reading.
    pub minor_faults: f64,
    /// Page faults that had to read.
    pub major_faults: f64,
    /// Times it gave up the processor.
    pub voluntary_switches: f64,
    /// Times it was made to.
    pub involuntary_switches: f64,
}

/// The unit of `ru_maxrss` in a kibibyte.
const RSS_UNITS: f64 = if cfg!(target_os = "macos") { 1024.0 } else { 1.0 };

impl From<&nix::libc::rusage> for Usage {
    fn from(r: &nix::libc::rusage) -> Usage {
        let micros = |t: nix::libc::timeval| t.tv_sec as f64 * 1e6 + t.tv_usec as f64;
        Usage {
            user_micros: micros(r.ru_utime),
            system_micros: micros(r.ru_stime),
            max_rss: r.ru_maxrss as f64 / RSS_UNITS,
            minor_faults: r.ru_minflt as f64,
            major_faults: r.ru_majflt as f64,
            voluntary_switches: r.ru_nvcsw as f64,
            involuntary_switches: r.ru_nivcsw as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_word_holds_a_code_or_a_signal() {
        let end = |status| {
            let e = Exit::from_status(status, None);
            (e.code, e.signal)
        };
        assert_eq!(end(0), (0, 0));
        assert_eq!(end(255 << 8), (255, 0));
        assert_eq!(end(9), (0, 9));
        assert_eq!(end(0x80 | 11), (0, 11)); // with a core dump
    }
}

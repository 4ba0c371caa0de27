//! What every Unix offers: pipes, SIGCHLD, process numbers. macOS runs on this.
//!
//! Linux can be built with it too (`RUSTFLAGS='--cfg portable'`), which is how it is tested: everything but the exit
//! set is then the code that macOS runs.

pub mod calls;
pub mod exit_set;
#[cfg(target_os = "linux")]
#[path = "../linux/pidfd.rs"]
mod pidfd;
pub mod pipes;
pub mod process;
#[cfg_attr(target_os = "linux", path = "../linux/relatives.rs")]
pub mod relatives;
pub mod sealed;

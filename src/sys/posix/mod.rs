//! What every Unix offers: fork, pipes, waiting threads. macOS runs on this.
//!
//! Linux can be built with it too (`RUSTFLAGS='--cfg portable'`), which is how it is tested: everything but the exit
//! set is then the code that macOS runs.

pub mod calls;
#[cfg_attr(target_os = "linux", path = "../linux/exit_set.rs")]
pub mod exit_set;
pub mod mechanism;
pub mod memfd;
pub mod pipes;
pub mod process;
#[cfg_attr(target_os = "linux", path = "../linux/relatives.rs")]
pub mod relatives;
pub mod remap;
pub mod sealed;

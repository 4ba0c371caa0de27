//! Every system call and every `unsafe` of the crate.
//!
//! Each file opts in to `unsafe` on its own and states its contract under `# Safety`; what it exports is
//! safe to call. Other rooms deal in `OwnedFd`, `BorrowedFd` and plain numbers. `os` is the folder of the
//! system we are built for; what the folders show to the rest has the same names in both.

pub mod at_exit;
pub mod background;
mod bulk;
mod by_number;
mod bytes;
pub mod environ;
pub mod heap;
pub mod mapping;
pub mod node_api;
pub mod node_at_exit;
#[cfg_attr(all(target_os = "linux", not(portable)), path = "linux/mod.rs")]
#[cfg_attr(any(not(target_os = "linux"), portable), path = "posix/mod.rs")]
pub mod os;
pub mod region;
pub mod secure;
mod sigchld;
mod signals;
pub mod socket;
pub mod staging;
pub mod start;
pub mod uv;

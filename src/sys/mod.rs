//! Every system call and every `unsafe` of the crate.
//!
//! Each file opts in to `unsafe` on its own and states its contract under `# Safety`; what it exports is
//! safe to call. Other rooms deal in `OwnedFd`, `BorrowedFd` and plain numbers.

pub mod node_api;
pub mod uv;
pub mod exit;
pub mod socket;
pub mod staging;

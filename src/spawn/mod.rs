//! Starting a child: from what the caller asked for to a running process.

pub mod mechanism;
mod path;
pub mod preload;
#[cfg(all(target_os = "linux", not(portable)))]
pub mod standby;
pub mod start;

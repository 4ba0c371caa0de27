//! Starting a child: from what the caller asked for to a running process.

pub mod mechanism;
mod path;
pub mod preload;
pub mod start;

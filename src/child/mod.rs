//! Plain data about a child: what it is to be, and how it ended. No system calls, no `unsafe`.

pub mod exit;
pub mod image;

//! What is Linux' own: raw system calls, pidfds, epoll, sealed memory.

pub mod calls;
#[cfg_attr(target_arch = "x86_64", path = "clone3_x86_64.rs")]
#[cfg_attr(not(target_arch = "x86_64"), path = "clone3_none.rs")]
pub mod clone3;
pub mod command_line;
pub mod exit_set;
pub mod handover;
pub mod pidfd;
pub mod pipes;
pub mod process;
pub mod relatives;
pub mod sealed;
pub mod signals;
pub mod stack;

#[cfg_attr(target_arch = "x86_64", path = "syscall_x86_64.rs")]
#[cfg_attr(target_arch = "aarch64", path = "syscall_aarch64.rs")]
#[cfg_attr(not(any(target_arch = "x86_64", target_arch = "aarch64")), path = "syscall_other.rs")]
mod syscall;

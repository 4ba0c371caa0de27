//! What is Linux' own: raw system calls, `clone`, pidfds, epoll.

pub mod calls;
mod clone;
#[cfg_attr(target_arch = "x86_64", path = "clone3_x86_64.rs")]
#[cfg_attr(not(target_arch = "x86_64"), path = "clone3_none.rs")]
mod clone3;
#[path = "../posix/remap.rs"]
#[allow(dead_code)]
mod copying;
pub mod exit_set;
pub mod mechanism;
pub mod memfd;
mod pidfd;
pub mod pipes;
pub mod process;
pub mod relatives;
pub mod remap;
pub mod sealed;
mod signals;
mod stack;
mod steward;

#[cfg_attr(target_arch = "x86_64", path = "syscall_x86_64.rs")]
#[cfg_attr(target_arch = "aarch64", path = "syscall_aarch64.rs")]
#[cfg_attr(not(any(target_arch = "x86_64", target_arch = "aarch64")), path = "syscall_other.rs")]
mod syscall;

//! `clone3` with a stack of the child's own, by the instructions of x86-64.
//!
//! # Safety
//! What the child may do is in `sys/start/pre_exec.rs`; the instructions say here why they are sound.
#![allow(unsafe_code)]

use std::arch::asm;
use std::ffi::{c_int, c_void};

use nix::libc;

/// `clone3` for a child that begins in `entry(data)` on the stack named by `arguments`; returns the kernel's own
/// answer. libc has no such function: its `clone` knows no flag beyond 32 bits.
///
/// # Safety
/// `arguments` are `size` bytes as the kernel wants them, with CLONE_VM, CLONE_VFORK and a stack of the child's own; `entry` never
/// returns.
pub unsafe fn clone3(
    arguments: *const c_void,
    size: usize,
    entry: extern "C" fn(*mut c_void) -> c_int,
    data: *mut c_void,
) -> isize {
    let result;
    // SAFETY: as in `syscall6`. The child wakes up behind the instruction with copies of all registers but the
    // stack's, whose top is aligned as a call demands; it leaves this frame alone and never comes to the end.
    unsafe {
        asm!(
            "syscall",
            "test rax, rax",
            "jnz 2f",
            "xor ebp, ebp",
            "mov rdi, r13",
            "call r12",
            "ud2",
            "2:",
            inlateout("rax") libc::SYS_clone3 as isize => result,
            in("rdi") arguments,
            in("rsi") size,
            in("r12") entry,
            in("r13") data,
            lateout("rcx") _,
            lateout("r11") _,
        );
    }
    result
}

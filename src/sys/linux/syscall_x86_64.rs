//! The system call instruction of x86-64.
//!
//! # Safety
//! `syscall6` is as unsafe as the call it makes.
#![allow(unsafe_code)]

use std::arch::asm;
use std::ffi::{c_int, c_void};

use nix::libc;

use super::clone::Arguments;

/// Makes a system call without touching `errno`; returns the kernel's own answer (-errno on failure).
///
/// # Safety
/// The arguments must be valid for the call named by `number`.
#[inline(always)]
pub unsafe fn syscall6(number: usize, a: usize, b: usize, c: usize, d: usize, e: usize, f: usize) -> isize {
    let result;
    // SAFETY: the register convention of the x86-64 Linux kernel, which clobbers rcx and r11 alone.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") number as isize => result,
            in("rdi") a,
            in("rsi") b,
            in("rdx") c,
            in("r10") d,
            in("r8") e,
            in("r9") f,
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack),
        );
    }
    result
}

/// `clone3` for a child that begins in `entry(data)` on the stack named by `arguments`; returns the kernel's own
/// answer. libc has no such function: its `clone` knows no flag beyond 32 bits.
///
/// # Safety
/// `arguments` as the kernel wants them, with CLONE_VM, CLONE_VFORK and a stack of the child's own; `entry` never
/// returns.
pub unsafe fn clone3(
    arguments: &Arguments,
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
            in("rdi") std::ptr::from_ref(arguments),
            in("rsi") size_of::<Arguments>(),
            in("r12") entry,
            in("r13") data,
            lateout("rcx") _,
            lateout("r11") _,
        );
    }
    result
}

//! The system call instruction of x86-64.
//!
//! # Safety
//! `syscall6` is as unsafe as the call it makes.
#![allow(unsafe_code)]

use std::arch::asm;

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

//! The system call instruction of 64-bit ARM.
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
    // SAFETY: the register convention of the 64-bit ARM Linux kernel.
    unsafe {
        asm!(
            "svc 0",
            in("x8") number,
            inlateout("x0") a as isize => result,
            in("x1") b,
            in("x2") c,
            in("x3") d,
            in("x4") e,
            in("x5") f,
            options(nostack),
        );
    }
    result
}

//! How the C library treats large blocks that are freed.
//!
//! A process that receives large payloads allocates, in V8, a large block for each, and frees it soon. glibc gives
//! such blocks back to the kernel at first, and getting cleared pages anew takes longer than the copy of a payload. So a
//! process that maps a peer's memory tells glibc to serve blocks up to 32 MiB from the heap, which it would learn by itself
//! from the first freed block of that size, and to keep up to 256 MiB of what is freed; when the memory is
//! given up again, that goes back. Who has chosen otherwise in the environment is not overruled; other C libraries
//! are left alone.
//!
//! # Safety
//! Plain calls of the allocator.
#![cfg_attr(all(target_os = "linux", target_env = "gnu"), allow(unsafe_code))]

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod imp {
    use std::sync::Once;

    use nix::libc;

    const LARGEST: i32 = 32 * 1024 * 1024;
    const KEPT: i32 = 256 * 1024 * 1024;
    const CHOICES: [&str; 3] = ["MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "GLIBC_TUNABLES"];

    pub fn keep_freed_blocks() {
        static TOLD: Once = Once::new();
        TOLD.call_once(|| {
            if CHOICES.iter().all(|name| std::env::var_os(name).is_none()) {
                // SAFETY: sets two numbers of the allocator, under its own lock.
                unsafe {
                    libc::mallopt(libc::M_MMAP_THRESHOLD, LARGEST);
                    libc::mallopt(libc::M_TRIM_THRESHOLD, KEPT);
                }
            }
        });
    }

    pub fn give_back() {
        // SAFETY: returns free memory, whatever the state of the heap.
        unsafe { libc::malloc_trim(0) };
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
mod imp {
    pub fn keep_freed_blocks() {}

    pub fn give_back() {}
}

/// From here on freed blocks stay warm.
pub fn keep_freed_blocks() {
    imp::keep_freed_blocks();
}

/// Gives back to the kernel what is kept now.
pub fn give_back() {
    imp::give_back();
}

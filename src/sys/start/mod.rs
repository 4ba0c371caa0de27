//! Making a child and turning it into a program: by `clone` in our own memory (Linux), or by `fork`. Which of the two a start takes is
//! decided in `src/spawn/mechanism.rs`.

#[cfg(all(target_os = "linux", not(portable)))]
pub mod clone;
pub mod fork;
mod pre_exec;
#[cfg(all(target_os = "linux", not(portable)))]
pub mod starter_thread;

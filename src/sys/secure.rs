//! Whether a program would be started with more rights than whoever starts it. Node then ignores NODE_OPTIONS.
//!
//! # Safety
//! Queries with C strings and constants.
#![allow(unsafe_code)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use nix::unistd::{getegid, geteuid, getgid, getuid};

/// The bits of a mode that change the user or group of what is executed.
const SETS_ID: u32 = 0o6000;

/// `program` is a path. True also where that cannot be known.
pub fn starts_with_more_rights(program: &Path) -> bool {
    // The kernel keeps the two apart over an exec.
    getuid() != geteuid()
        || getgid() != getegid()
        || is_secure()
        || fs::metadata(program).map_or(true, |status| status.permissions().mode() & SETS_ID != 0)
        || has_capabilities(program)
}

/// What the kernel said when this process was executed: a security module may have its own reasons.
#[cfg(target_os = "linux")]
fn is_secure() -> bool {
    // SAFETY: a query.
    unsafe { nix::libc::getauxval(nix::libc::AT_SECURE) != 0 }
}

/// Capabilities of the file, as setcap(8) gives them.
#[cfg(target_os = "linux")]
fn has_capabilities(program: &Path) -> bool {
    use std::ffi::CString;
    use std::os::unix::ffi::OsStrExt;
    use std::ptr::null_mut;

    let Ok(path) = CString::new(program.as_os_str().as_bytes()) else { return true };
    // SAFETY: two C strings; with no room for the value only its length is told.
    unsafe { nix::libc::getxattr(path.as_ptr(), c"security.capability".as_ptr(), null_mut(), 0) >= 0 }
}

#[cfg(not(target_os = "linux"))]
fn is_secure() -> bool {
    // SAFETY: a query.
    unsafe { nix::libc::issetugid() != 0 }
}

#[cfg(not(target_os = "linux"))]
fn has_capabilities(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_program_gains_no_rights_and_one_that_sets_its_group_does() {
        let program = std::env::temp_dir().join(format!("rs-secure-{}", std::process::id()));
        fs::write(&program, "").unwrap();
        let set_mode = |mode| fs::set_permissions(&program, fs::Permissions::from_mode(mode)).unwrap();
        set_mode(0o755);
        assert!(!starts_with_more_rights(&program));
        set_mode(0o2755);
        assert!(starts_with_more_rights(&program));
        fs::remove_file(&program).unwrap();
        assert!(starts_with_more_rights(&program));
    }
}

//! What failed starts leave behind: nothing. One test in a program of its own, for it counts the whole process.

mod common;

use std::fs;
use std::path::Path;

use common::{MECHANISMS, command};
use rs_child_process::spawn::start::Command;
use rs_child_process::stdio::ends::{Ends, PIPE, SOCKET};

fn no_such_program() -> Command {
    Command { file: "/no/such".into(), args: "x".into(), env: None, ..command("", &[]) }
}

/// Children of this process in any state, zombies included.
fn children() -> usize {
    let is_ours = |folder: &Path| {
        fs::read_to_string(folder.join("stat")).is_ok_and(|stat| {
            let parent = stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1));
            parent == Some(&std::process::id().to_string())
        })
    };
    fs::read_dir("/proc").unwrap().flatten().filter(|entry| is_ours(&entry.path())).count()
}

fn count(folder: &str) -> usize {
    fs::read_dir(folder).unwrap().count()
}

fn mappings() -> usize {
    fs::read_to_string("/proc/self/maps").unwrap().lines().count()
}

#[test]
fn failed_starts_leave_no_descriptor_no_child_no_thread_and_no_mapping() {
    for (name, start) in MECHANISMS {
        let fail = || {
            let ends = Ends::make(&[PIPE, PIPE, PIPE, SOCKET]).unwrap();
            assert!(start(no_such_program(), ends.sources()).is_err());
        };
        fail(); // maps a stack, for good
        let census = || (count("/proc/self/fd"), children(), count("/proc/self/task"));
        let (before, mapped) = (census(), mappings());
        for _ in 0..300 {
            fail();
        }
        assert_eq!(census(), before, "{name}");
        // Allocators map as they please, a sanitizer's most of all; a stack left behind by each start would be 300.
        assert!(mappings() < mapped + 100, "{name}: {mapped} mappings became {}", mappings());
    }
}

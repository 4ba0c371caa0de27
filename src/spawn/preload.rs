//! The option of Node by which a forked child loads a file of ours before its script.

use std::fs::{self, File};
use std::path::Path;

use crate::sys::secure::starts_with_more_rights;

/// The option as text for NODE_OPTIONS. `file`: what the child is to load, `node`: the program that it is to be. None where the child would
/// not load it, or could not: that is asked with each start, because files come and go, and this process may have given up the rights to read
/// them.
pub fn option_for(file: &str, node: &str) -> Option<String> {
    // By opening it: access(2) answers for the real user. And by the kernel's own opening: a program may have given its `fs`
    // the files of an archive, of which its children know nothing before they have run some code.
    File::open(file).ok()?;
    if starts_with_more_rights(Path::new(node)) {
        return None;
    }
    // Under --preserve-symlinks this process may know the file by a name that its child would resolve.
    Some(option(fs::canonicalize(file).ok()?.to_str()?))
}

/// In quotes, in which Node knows two characters that need a backslash.
fn option(file: &str) -> String {
    format!("--require \"{}\"", file.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::option;

    #[test]
    fn a_path_is_quoted_as_node_reads_it() {
        assert_eq!(option("/a b/c.cjs"), r#"--require "/a b/c.cjs""#);
        assert_eq!(option(r#"/a\"b"/c.cjs"#), r#"--require "/a\\\"b\"/c.cjs""#);
    }
}

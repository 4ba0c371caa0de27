//! Which files a command name may mean, in the order in which execvp tries them.

/// What execvp searches when the environment names no PATH.
const DEFAULT_PATH: &[u8] =
    if cfg!(target_env = "musl") { b"/usr/local/bin:/bin:/usr/bin" } else { b"/bin:/usr/bin" };

/// The paths to try for `file` with the search path that `path` looks up. None where execvp itself would refuse the name.
/// Relative ones mean the child's own directory, since it changes that first; an empty entry is that directory.
pub fn candidates<'p>(file: &[u8], path: impl FnOnce() -> Option<&'p [u8]>) -> Option<Vec<Vec<u8>>> {
    const LONGEST_NAME: usize = 255;
    // execvp leaves such folders out.
    const TOO_LONG: usize = 4096;
    if file.is_empty() {
        return Some(Vec::new());
    }
    if file.contains(&b'/') {
        return Some(vec![file.to_vec()]);
    }
    if file.len() > LONGEST_NAME {
        return None;
    }
    let list = path().unwrap_or(DEFAULT_PATH).split(|b| *b == b':').filter(|folder| folder.len() < TOO_LONG);
    Some(
        list.map(|folder| match folder {
            b"" => file.to_vec(),
            _ => [folder, b"/", file].concat(),
        })
        .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(file: &str, path: Option<&str>) -> Vec<String> {
        candidates(file.as_bytes(), || path.map(str::as_bytes))
            .unwrap()
            .into_iter()
            .map(|p| String::from_utf8(p).unwrap())
            .collect()
    }

    #[test]
    fn a_name_with_a_slash_is_not_searched() {
        assert_eq!(list("./a", Some("/bin")), ["./a"]);
        assert_eq!(list("a/", Some("/bin")), ["a/"]);
    }

    #[test]
    fn folders_are_tried_in_order_and_an_empty_one_is_the_directory_itself() {
        assert_eq!(list("x", Some("/a:/b")), ["/a/x", "/b/x"]);
        assert_eq!(list("x", Some(":/b:")), ["x", "/b/x", "x"]);
        assert_eq!(list("x", Some("")), ["x"]);
    }

    #[test]
    fn without_a_path_the_default_one_serves() {
        assert!(list("x", None).ends_with(&["/bin/x".into(), "/usr/bin/x".into()]));
    }

    #[test]
    fn a_folder_longer_than_any_path_is_left_out() {
        let folder = format!("/{}", "x".repeat(4094));
        assert_eq!(list("x", Some(&format!("{folder}x:/b"))), ["/b/x"]);
        assert_eq!(list("x", Some(&format!("{folder}:/b"))), [format!("{folder}/x"), "/b/x".into()]);
    }

    #[test]
    fn no_name_has_no_candidate_and_an_overlong_one_is_refused() {
        assert!(list("", Some("/bin")).is_empty());
        assert_eq!(candidates(&[b'x'; 256], || None), None);
        assert!(candidates(&[b'x'; 255], || None).is_some());
    }
}

//! What a forked child is to load before its script.

use napi_derive::napi;

use crate::spawn::preload::option_for;

/// As text for NODE_OPTIONS, or null where the child, to be the program `node`, would not load `file`.
#[napi(catch_unwind)]
pub fn preload_option(file: String, node: String) -> Option<String> {
    option_for(&file, &node)
}

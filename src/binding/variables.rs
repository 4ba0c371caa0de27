//! The environment variables of this process, as its children get them.

use napi::Env;
use napi_derive::napi;

use crate::sys::environ;
use crate::sys::node_api::{Returned, Scope, Value};

/// The entries NAME=value as they are: in order, repeated ones too. Bytes that are not UTF-8 become U+FFFD, and what is no
/// entry is left out. For the main thread, while no other can set variables.
#[napi(ts_return_type = "Array<string>", catch_unwind)]
pub fn environment_entries(env: Env) -> Returned {
    let scope = Scope::of(&env);
    let list = environ::snapshot();
    let entries: Vec<Value<'_>> = environ::entries(&list)
        .map(|entry| entry.to_bytes())
        .filter(|entry| entry.contains(&b'='))
        .map(|entry| scope.utf8(entry))
        .collect();
    scope.array(&entries).into()
}

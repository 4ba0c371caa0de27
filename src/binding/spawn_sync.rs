//! `spawnSync`.

use std::time::Duration;

use napi::Env;
use napi::bindgen_prelude::Uint8ArraySlice;
use napi_derive::napi;

use super::children::command;
use crate::spawn_sync::run::{Limits, Outcome, run};
use crate::sys::node_api::{IntArray, Returned, Scope, Value};

/// Runs a child to its end. See the table for arguments and result.
#[napi(catch_unwind)]
#[allow(clippy::too_many_arguments)]
pub fn spawn_sync(
    env: Env,
    file: String,
    args: String,
    env_pairs: Option<String>,
    cwd: Option<String>,
    flags: i32,
    uid: i32,
    gid: i32,
    mut io: IntArray,
    inputs: Option<Vec<Option<Uint8ArraySlice<'_>>>>,
    timeout_millis: f64,
    max_buffer: f64,
    kill_signal: i32,
) -> Returned {
    let command = command(file, args, env_pairs, cwd, flags, uid, gid);
    let inputs = inputs.unwrap_or_default();
    let inputs: Vec<Option<&[u8]>> = inputs.iter().map(|input| input.as_deref()).collect();
    let limits = Limits {
        timeout: (timeout_millis > 0.0).then(|| Duration::from_millis(timeout_millis as u64)),
        // Node takes 0 for no bound here, unlike in the asynchronous forms.
        max_output: (max_buffer > 0.0 && max_buffer.is_finite()).then_some(max_buffer as usize),
        kill_signal,
    };
    let outcome = run(command, io.elements(), &inputs, &limits);
    to_js(&Scope::of(&env), outcome).into()
}

fn to_js(js: &Scope, outcome: Outcome) -> Value<'_> {
    let exit = outcome.exit;
    let output = match exit {
        None => js.null(),
        Some(_) => {
            let buffers: Vec<Value<'_>> = outcome
                .output
                .into_iter()
                .map(|region| region.map_or(js.null(), |bytes| js.buffer_from(bytes)))
                .collect();
            js.array(&buffers)
        }
    };
    let status = exit.filter(|e| e.signal == 0).map_or(js.null(), |e| js.int(e.code));
    js.object(&[
        (c"pid", js.int(outcome.pid)),
        (c"status", status),
        (c"signal", js.int(exit.map_or(0, |e| e.signal))),
        (c"error", js.int(outcome.error.map_or(0, |errno| errno.negated()))),
        (c"output", output),
    ])
}

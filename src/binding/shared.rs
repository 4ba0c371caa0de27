//! One JavaScript object for all copies of the package's modules in an environment.
//!
//! Test runners load modules afresh for each test file, and a preloaded copy takes itself out of the module
//! cache. All copies talk to one reactor and one table of channels, whose events reach one callback each; what finds the
//! right child or channel from there must be theirs in common.

use napi::Env;
use napi::bindgen_prelude::Function;
use napi_derive::napi;

use super::env::{Environment, Tenant};
use crate::error::Errno;
use crate::sys::node_api::{Callback, RawEnv, Scope};
use std::cell::RefCell;

/// A function serves as the object: that is what can be kept.
struct Holder {
    env: RawEnv,
    kept: RefCell<Option<Callback>>,
}

impl Tenant for Holder {
    fn settle(environment: &Environment) -> Result<Holder, Errno> {
        let env = environment.raw();
        Ok(Holder { env, kept: RefCell::default() })
    }

    fn tear_down(&self) {
        self.kept.take();
    }
}

/// The function that the first caller in this environment passed.
#[napi(ts_return_type = "Function", catch_unwind)]
pub fn shared(env: Env, candidate: Function<'_>) -> napi::Result<napi::Unknown<'static>> {
    let scope = Scope::of(&env);
    let holder = Environment::of(&env).and_then(|environment| environment.tenant::<Holder>()).ok();
    let value = holder.as_ref().and_then(|holder| {
        let mut kept = holder.kept.borrow_mut();
        if kept.is_none() {
            *kept = Callback::new(holder.env, candidate).ok();
        }
        kept.as_ref().map(|kept| kept.value(&scope))
    });
    scope.into_unknown(value)
}

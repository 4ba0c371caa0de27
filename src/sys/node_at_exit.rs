//! Work that must be done before this process raises a signal against itself, or becomes another program.
//!
//! `process.kill()` of the own process and `process.execve()` run no handler of the C library and no hook that Node-API knows, but what
//! was registered by `node::AtExit`, of Node's C++ interface for addons. So does the end of an environment. Each registration is
//! good for one run. The functions are looked for by name when they are needed; where a runtime lacks one, nothing is registered.
//!
//! # Safety
//! The mangled names state the types of the arguments, so a function found under one takes them. `v8::Local` is a trivial class of one
//! pointer, which the C++ ABI passes and returns as that pointer. The library is never unloaded (it is linked with `-z nodelete`).
#![allow(unsafe_code)]

use std::cell::Cell;
use std::ffi::{CStr, c_void};
use std::mem::transmute;
use std::panic::catch_unwind;
use std::ptr::{NonNull, null_mut};
use std::sync::OnceLock;

use nix::libc;

type Pointer = *mut c_void;

struct Node {
    current_isolate: unsafe extern "C" fn() -> Pointer,
    current_context: unsafe extern "C" fn(isolate: Pointer) -> Pointer,
    current_environment: unsafe extern "C" fn(context: Pointer) -> Pointer,
    at_exit: unsafe extern "C" fn(environment: Pointer, work: extern "C" fn(Pointer), argument: Pointer),
}

fn find(name: &CStr) -> Option<NonNull<c_void>> {
    // SAFETY: looks a name up.
    NonNull::new(unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) })
}

fn node() -> Option<&'static Node> {
    static NODE: OnceLock<Option<Node>> = OnceLock::new();
    let look_up = || {
        let isolate = find(c"_ZN2v87Isolate13TryGetCurrentEv")?;
        let context = find(c"_ZN2v87Isolate17GetCurrentContextEv")?;
        let environment = find(c"_ZN4node21GetCurrentEnvironmentEN2v85LocalINS0_7ContextEEE")?;
        let at_exit = find(c"_ZN4node6AtExitEPNS_11EnvironmentEPFvPvES2_")?;
        // SAFETY: see the module.
        unsafe {
            Some(Node {
                current_isolate: transmute::<NonNull<c_void>, unsafe extern "C" fn() -> Pointer>(isolate),
                current_context: transmute::<NonNull<c_void>, unsafe extern "C" fn(Pointer) -> Pointer>(
                    context,
                ),
                current_environment: transmute::<NonNull<c_void>, unsafe extern "C" fn(Pointer) -> Pointer>(
                    environment,
                ),
                at_exit: transmute::<
                    NonNull<c_void>,
                    unsafe extern "C" fn(Pointer, extern "C" fn(Pointer), Pointer),
                >(at_exit),
            })
        }
    };
    NODE.get_or_init(look_up).as_ref()
}

thread_local! {
    static IS_SET: Cell<bool> = const { Cell::new(false) };
}

static WORK: OnceLock<fn()> = OnceLock::new();

extern "C" fn run(_: Pointer) {
    IS_SET.set(false);
    if let Some(work) = WORK.get() {
        // A panic must not reach Node.
        let _ = catch_unwind(work);
    }
}

/// Calls `work` once when this thread's environment is about to end in one of those ways. To be called inside a call from JavaScript,
/// as often as one likes. Only the first `work` counts.
pub fn before_end(work: fn()) {
    if IS_SET.get() {
        return;
    }
    let Some(node) = node() else { return };
    let _ = WORK.set(work);
    // SAFETY: see the module. Inside a call from JavaScript there is a handle scope, and a context that Node asks for its environment: null
    // where it has none.
    let environment = unsafe {
        let isolate = (node.current_isolate)();
        if isolate.is_null() {
            return;
        }
        let context = (node.current_context)(isolate);
        if context.is_null() { null_mut() } else { (node.current_environment)(context) }
    };
    if !environment.is_null() {
        IS_SET.set(true);
        // SAFETY: a live environment on its own thread; `run` stays mapped.
        unsafe { (node.at_exit)(environment, run, null_mut()) };
    }
}

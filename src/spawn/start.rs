//! From a command to a process: lays out the image, makes the plan, starts. Bound to no thread and no loop.

use std::cell::Cell;

use nix::libc;

use super::{mechanism, path};
use crate::child::image::{CStrings, Environment, Image};
use crate::error::{Errno, Failure};
use crate::stdio::plan::{Plan, Source};
use crate::sys::environ;
use crate::sys::os::process::Process;

/// A program to start, in the caller's terms.
pub struct Command {
    /// Name or path.
    pub file: String,
    /// All arguments from the program's own name on, joined by NUL.
    pub args: String,
    /// `KEY=value` pairs joined by NUL, empty for none at all; the parent's own environment if absent.
    pub env: Option<String>,
    /// Working directory.
    pub cwd: Option<String>,
    /// Lead a new session?
    pub detached: bool,
    /// Die when this process does?
    pub kill_on_parent_exit: bool,
    /// User to become.
    pub uid: Option<u32>,
    /// Group to become.
    pub gid: Option<u32>,
}

/// Starts `command` with these descriptors.
pub fn start(command: Command, sources: &[Source]) -> Result<Process, Failure> {
    mechanism::start(&image(command, sources)?)
}

/// Lays out the child that `command` describes.
pub fn image(command: Command, sources: &[Source]) -> Result<Image, Errno> {
    let environment = match command.env {
        None => Environment::Inherited(environ::snapshot()),
        Some(pairs) if pairs.is_empty() => Environment::Own(CStrings::from_list::<&str>(&[])),
        Some(pairs) => Environment::Own(CStrings::from_joined(pairs)),
    };
    let candidates = path::candidates(command.file.as_bytes(), || search_path(&environment))
        .ok_or(Errno(libc::ENAMETOOLONG))?;
    let plan = Plan::new(sources);
    let argv = CStrings::from_joined(command.args);
    Ok(Image {
        candidates: CStrings::from_list(&candidates),
        script_argv: Image::script_argv_for(&argv),
        argv,
        environment,
        cwd: command.cwd.map(CStrings::from_joined),
        actions: plan.actions,
        saved: vec![Cell::new(-1); plan.saved],
        above: plan.above,
        detached: command.detached,
        parent: command.kill_on_parent_exit.then(std::process::id),
        uid: command.uid,
        gid: command.gid,
    })
}

/// The PATH that the child itself will have; its first, should it have several, as getenv sees it.
fn search_path(environment: &Environment) -> Option<&[u8]> {
    match environment {
        Environment::Own(strings) => strings.iter().find_map(|pair| pair.to_bytes().strip_prefix(b"PATH=")),
        Environment::Inherited(list) => environ::value_of(list, "PATH").map(|value| value.to_bytes()),
    }
}

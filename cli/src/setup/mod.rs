//! The set-up: every step is skipped when it is current, and safe to interrupt and to repeat.

pub mod data;
pub mod flush;
pub mod libtorch;
mod lock;
pub mod packages;
pub mod python;
pub mod shim;
pub mod sources;
mod stamp;
pub mod toolchain;
pub mod warm;

use std::process::ExitCode;

use crate::failure::Result;
use crate::kernel::spec;
use crate::report::Reporter;
use crate::workspace::Workspace;

use libtorch::Libtorch;
use python::PythonEnvironment;
use toolchain::Toolchain;

pub use lock::Lock;
pub use stamp::Stamp;

/// What a set-up checkout offers to the commands that need it.
#[derive(Clone, Debug)]
pub struct Environment {
    pub toolchain: Toolchain,
    pub python: PythonEnvironment,
    pub libtorch: Libtorch,
}

/// `lab setup`
pub fn command(workspace: &Workspace) -> Result<ExitCode> {
    ensure(workspace)?;
    Ok(ExitCode::SUCCESS)
}

/// Sets up the Python environment alone, for commands that compile nothing.
pub fn ensure_python(workspace: &Workspace) -> Result<PythonEnvironment> {
    if let Some(environment) = python::current(workspace)? {
        return Ok(environment);
    }
    let _lock = Lock::acquire(workspace)?;
    python::ensure(workspace, &mut Reporter::new())
}

/// Sets up what building the library takes, for commands that open no notebook.
pub fn ensure_library(workspace: &Workspace) -> Result<Environment> {
    let toolchain = Toolchain::find()?;
    toolchain.check()?;
    let given = libtorch::from_variable(workspace)?;
    let _lock = Lock::acquire(workspace)?;
    let python = python::ensure(workspace, &mut Reporter::new())?;
    let libtorch = libtorch::ensure(workspace, &python, given)?;
    Ok(Environment { toolchain, python, libtorch })
}

/// Sets up whatever is missing. The cheap checks that can fail come first, so that nobody waits for a
/// download to be told that there is no compiler.
pub fn ensure(workspace: &Workspace) -> Result<Environment> {
    let mut report = Reporter::new();
    let toolchain = Toolchain::find()?;
    toolchain.check()?;
    let given = libtorch::from_variable(workspace)?;
    let _lock = Lock::acquire(workspace)?;
    let python = python::ensure(workspace, &mut report)?;
    let libtorch = libtorch::ensure(workspace, &python, given)?;
    data::ensure(workspace, &python, &mut report)?;
    spec::install(workspace, python.prefix())?;
    let environment = Environment { toolchain, python, libtorch };
    sources::ensure(workspace, &environment.toolchain, &mut report)?;
    let shim = shim::ensure(workspace, &environment, &mut report)?;
    warm::ensure(workspace, &environment, &shim, &mut report)?;
    report.finish();
    Ok(environment)
}

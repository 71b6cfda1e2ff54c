//! The checks, one after the other; a check whose ground is missing says so instead of failing twice.

use crate::fetch;
use crate::files;
use crate::kernel::spec;
use crate::setup::data::EMBEDDED;
use crate::setup::libtorch::{self, Libtorch, TORCH_VERSION};
use crate::setup::python::{self, Origin, PythonEnvironment};
use crate::setup::shim::Shim;
use crate::setup::toolchain::{self, Toolchain};
use crate::setup::warm;
use crate::workspace::{CACHE_VARIABLE, Workspace};

use super::{Check, gpu};

const SETUP: &str = "run `cargo lab setup`";
/// Less than this, and the next build or download may not fit.
const SPARE_BYTES: u64 = 3_000_000_000;

pub fn all(workspace: &Workspace) -> Vec<Check> {
    let toolchain = Toolchain::find();
    let python = python::current(workspace);
    let libtorch = linked_libtorch(workspace);
    let mut checks = vec![rust(&toolchain), compiler()];
    checks.extend(active_python());
    checks.push(python_check(&python));
    let python = python.ok().flatten();
    checks.push(torch(python.as_ref()));
    checks.push(libtorch_check(workspace, &libtorch));
    checks.push(gpu::check(libtorch.as_ref().ok(), python.as_ref()));
    checks.push(kernelspec(workspace, python.as_ref()));
    checks.push(notebook_build(workspace, toolchain.ok(), libtorch.ok()));
    checks.push(fonts(workspace));
    checks.extend(embedded_data(workspace));
    checks.push(own_data(workspace));
    checks.push(disk(workspace));
    checks
}

fn rust(toolchain: &crate::failure::Result<Toolchain>) -> Check {
    let found = toolchain.as_ref().map_err(|failure| failure.to_string());
    match found.and_then(|toolchain| toolchain.version().map_err(|failure| failure.to_string())) {
        Ok(version) => Check::good("rust", version.lines().next().unwrap_or_default()),
        Err(why) => Check::bad("rust", why, "install Rust from https://rustup.rs"),
    }
}

fn compiler() -> Check {
    match toolchain::cxx_compiler() {
        Ok((path, version)) => Check::good("c++", format!("{version} ({})", path.display())),
        Err(failure) => Check::from_failure("c++", &failure),
    }
}

/// Says when an activated environment is passed over; that is no fault, but worth knowing.
fn active_python() -> Option<Check> {
    let why = python::active()?.err()?;
    Some(Check::good("active python", format!("{why}; the project's own environment is used")))
}

fn python_check(python: &crate::failure::Result<Option<PythonEnvironment>>) -> Check {
    match python {
        Ok(Some(environment)) => {
            let whose = match environment.origin {
                Origin::Own => "the project's own",
                Origin::Active => "the active one",
            };
            let detail = format!(
                "{} in {} ({whose})",
                environment.version(),
                environment.prefix().display()
            );
            Check::good("python", detail)
        }
        Ok(None) => Check::bad("python", "the Python environment is not set up yet", SETUP),
        Err(failure) => Check::from_failure("python", failure),
    }
}

fn torch(python: Option<&PythonEnvironment>) -> Check {
    match python.and_then(|python| python.probe.torch.as_deref()) {
        Some(version) if python::release(version) == TORCH_VERSION => {
            Check::good("torch", format!("{version}, the one tch 0.24 needs"))
        }
        Some(version) => {
            Check::bad("torch", format!("{version}, and tch 0.24 needs {TORCH_VERSION}"), SETUP)
        }
        None => Check::bad("torch", "no Python environment with torch yet", SETUP),
    }
}

/// The libtorch that cargo and the kernels use.
fn linked_libtorch(workspace: &Workspace) -> crate::failure::Result<Libtorch, Check> {
    match libtorch::from_variable(workspace) {
        Ok(Some(given)) => Ok(given),
        Ok(None) => Libtorch::at(&workspace.libtorch_link())
            .map_err(|why| Check::bad("libtorch", format!("not linked yet: {why}"), SETUP)),
        Err(failure) => Err(Check::from_failure("libtorch", &failure)),
    }
}

fn libtorch_check(workspace: &Workspace, libtorch: &Result<Libtorch, Check>) -> Check {
    match libtorch {
        Ok(found) if found.fits() => {
            let cuda = if found.has_cuda() { "with CUDA" } else { "CPU only" };
            let folder = workspace.display(&found.folder);
            Check::good("libtorch", format!("{} {cuda}, {folder}", found.version))
        }
        Ok(other) => Check::bad(
            "libtorch",
            format!("{}, and tch 0.24 needs {TORCH_VERSION}", other.version),
            SETUP,
        ),
        Err(check) => check.clone(),
    }
}

fn kernelspec(workspace: &Workspace, python: Option<&PythonEnvironment>) -> Check {
    match python {
        Some(python) if spec::is_current(workspace, python.prefix()) => {
            Check::good("kernelspec", format!("`{}`, shown as \"Rust\"", spec::NAME))
        }
        Some(_) => Check::bad(
            "kernelspec",
            "missing, or it starts another checkout's kernel",
            "run `cargo lab kernel install`",
        ),
        None => Check::bad("kernelspec", "no Python environment to hold it yet", SETUP),
    }
}

fn notebook_build(
    workspace: &Workspace,
    toolchain: Option<Toolchain>,
    libtorch: Option<Libtorch>,
) -> Check {
    let Some((toolchain, libtorch)) = toolchain.zip(libtorch) else {
        return Check::bad("notebook build", "not possible without toolchain and libtorch", SETUP);
    };
    if !Shim::of(workspace, &libtorch).is_ok_and(|shim| shim.is_there()) {
        return Check::bad("notebook build", "tch's C++ layer is not compiled for cells", SETUP);
    }
    if warm::is_current(workspace, &toolchain, &libtorch) {
        let folder = workspace.display(&workspace.notebook_build());
        return Check::good("notebook build", format!("kernels start warm ({folder})"));
    }
    Check::bad(
        "notebook build",
        "not current: the first cell of a notebook would compile for minutes",
        SETUP,
    )
}

/// Figures use fonts that are compiled in; the lock file says which.
fn fonts(workspace: &Workspace) -> Check {
    let lock = std::fs::read_to_string(workspace.root().join("Cargo.lock")).unwrap_or_default();
    match lock.split_once("name = \"dejavu\"\nversion = \"") {
        Some((_, rest)) => {
            let version = rest.split('"').next().unwrap_or_default();
            Check::good("fonts", format!("DejaVu {version}, compiled in; no system font is used"))
        }
        None => Check::bad(
            "fonts",
            "Cargo.lock does not name the DejaVu fonts",
            "restore Cargo.lock from git",
        ),
    }
}

fn embedded_data(workspace: &Workspace) -> Vec<Check> {
    EMBEDDED
        .iter()
        .map(|file| {
            if file.is_intact(workspace) {
                Check::good("data", format!("embedded: {}", file.what))
            } else {
                Check::bad("data", format!("missing or damaged: {}", file.what), SETUP)
            }
        })
        .collect()
}

/// The data sets a user may have downloaded; their absence is no fault.
fn own_data(workspace: &Workspace) -> Check {
    let fetched = match fetch::complete(&workspace.fetched_data()) {
        names if names.is_empty() => {
            "nothing was fetched (`cargo lab fetch` lists what can be)".into()
        }
        names => format!("fetched: {}", names.join(", ")),
    };
    let Some(folder) = std::env::var_os("LATENTLAB_DATA").filter(|value| !value.is_empty()) else {
        let detail = format!("LATENTLAB_DATA is not set; {fetched}; all else is embedded");
        return Check::good("own data", detail);
    };
    let folder = std::path::PathBuf::from(folder);
    if !folder.is_dir() {
        return Check::bad(
            "own data",
            format!("LATENTLAB_DATA={} is no folder", folder.display()),
            "unset LATENTLAB_DATA, or point it at the folder with the data sets",
        );
    }
    let found: Vec<&str> = ["lfw", "mnist", "nasdaq", "yahoo", "market"]
        .into_iter()
        .filter(|name| folder.join(name).is_dir())
        .collect();
    let found =
        if found.is_empty() { "none of the known data sets".into() } else { found.join(", ") };
    Check::good("own data", format!("{}: {found}; {fetched}", folder.display()))
}

fn disk(workspace: &Workspace) -> Check {
    let folder = workspace.display(workspace.cache());
    match files::free_space(workspace.cache()) {
        Some(free) if free < SPARE_BYTES => Check::bad(
            "disk",
            format!("{:.1} GB free for {folder}", free as f64 / 1e9),
            format!("free some space, or set {CACHE_VARIABLE} to a folder on another disk"),
        ),
        Some(free) => Check::good("disk", format!("{:.0} GB free for {folder}", free as f64 / 1e9)),
        None => {
            Check::good("disk", format!("the system does not say how much is free for {folder}"))
        }
    }
}

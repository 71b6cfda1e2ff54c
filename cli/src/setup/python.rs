//! The Python environment: an active one that fits, or one of our own from `requirements.txt`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde::Deserialize;

use crate::failure::{Failure, Result};
use crate::files::{self, ContentHash};
use crate::process::{self, Finished};
use crate::report::Reporter;
use crate::workspace::Workspace;

use super::Stamp;
use super::libtorch::TORCH_VERSION;

/// Names an interpreter to build our environment with.
pub const PYTHON_VARIABLE: &str = "LATENTLAB_PYTHON";
/// The installer; it shares files with its cache instead of copying 4.6 GB.
const UV: &str = "uv==0.13.8";
/// Space for torch with its CUDA libraries, and for unpacking them.
const NEEDED_BYTES: u64 = 6_000_000_000;
const OLDEST: (u32, u32) = (3, 10);
const NEWEST: (u32, u32) = (3, 14);
const PROBE_LIMIT: Duration = Duration::from_secs(30);
const INSTALL_LIMIT: Duration = Duration::from_secs(3600);

/// Asks an interpreter about itself without importing anything heavy.
const PROBE: &str = r#"
import importlib.util, json, sys, sysconfig
from importlib import metadata
def version(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
torch = importlib.util.find_spec("torch")
print(json.dumps({
    "version": list(sys.version_info[:3]),
    "bits": 64 if sys.maxsize > 2**32 else 32,
    "prefix": sys.prefix,
    "can_make_environments": all(importlib.util.find_spec(n) for n in ("venv", "ensurepip")),
    "torch": version("torch"),
    "torch_folder": list(torch.submodule_search_locations)[0] if torch else None,
    "jupyterlab": version("jupyterlab"),
    "typst": version("typst"),
}))
"#;

/// What an interpreter says about itself.
#[derive(Clone, Debug, Deserialize)]
pub struct Probe {
    pub version: (u32, u32, u32),
    pub bits: u32,
    pub prefix: PathBuf,
    pub can_make_environments: bool,
    pub torch: Option<String>,
    pub torch_folder: Option<PathBuf>,
    pub jupyterlab: Option<String>,
    pub typst: Option<String>,
}

/// Whose environment it is; we install nothing into other people's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Own,
    Active,
}

#[derive(Clone, Debug)]
pub struct PythonEnvironment {
    pub interpreter: PathBuf,
    pub origin: Origin,
    pub probe: Probe,
}

impl PythonEnvironment {
    pub fn prefix(&self) -> &Path {
        &self.probe.prefix
    }

    pub fn version(&self) -> String {
        let (major, minor, patch) = self.probe.version;
        format!("{major}.{minor}.{patch}")
    }
}

impl Probe {
    pub fn of(interpreter: &Path) -> Result<Self, String> {
        // -I keeps the user's own modules and PYTHON variables out of the answer.
        let finished =
            process::run(Command::new(interpreter).args(["-I", "-c", PROBE]), PROBE_LIMIT)
                .map_err(|trouble| trouble.to_string())?;
        if !finished.status.success() {
            return Err(format!("it ended with {}: {}", finished.status, finished.last_words()));
        }
        let line = finished.stdout.lines().last().unwrap_or_default();
        serde_json::from_str(line).map_err(|_| {
            format!("it answered {:?} instead of describing itself", shortened(&finished.stdout))
        })
    }

    /// Why the notebooks cannot run on this environment as it is, if they cannot.
    fn misfit(&self) -> Option<String> {
        let torch = self.torch.as_deref().map(release);
        match (torch, &self.jupyterlab, &self.typst) {
            (Some(TORCH_VERSION), Some(_), Some(_)) => None,
            (Some(TORCH_VERSION), None, _) => Some("it has no jupyterlab".into()),
            (Some(TORCH_VERSION), _, None) => Some("it has no typst".into()),
            (Some(other), ..) => Some(format!("its torch is {other}, not {TORCH_VERSION}")),
            (None, ..) => Some(format!("it has no torch {TORCH_VERSION}")),
        }
    }

    /// Why no environment can be made with this interpreter, if none can.
    fn unfit_to_build(&self) -> Option<String> {
        let version = (self.version.0, self.version.1);
        if !(OLDEST..=NEWEST).contains(&version) {
            return Some(format!("it is {}.{}", version.0, version.1));
        }
        if self.bits != 64 {
            return Some("it is a 32-bit build".into());
        }
        (!self.can_make_environments).then(|| {
            "it lacks venv or ensurepip (Debian, Ubuntu: `apt-get install python3-venv`)".into()
        })
    }
}

/// `2.11.0+cu130` is release `2.11.0`.
pub fn release(version: &str) -> &str {
    version.split('+').next().unwrap_or(version)
}

fn shortened(text: &str) -> String {
    text.trim().chars().take(80).collect()
}

/// The environment that would be used now, without making or changing anything.
pub fn current(workspace: &Workspace) -> Result<Option<PythonEnvironment>> {
    if let Some(Ok(environment)) = active() {
        return Ok(Some(environment));
    }
    let Ok(plan) = Plan::new(workspace) else { return Ok(None) };
    Ok(plan.finished())
}

/// Finds or makes the environment.
pub fn ensure(workspace: &Workspace, report: &mut Reporter) -> Result<PythonEnvironment> {
    match active() {
        Some(Ok(environment)) => return Ok(environment),
        Some(Err(misfit)) => eprintln!("{misfit}; using the project's own environment instead"),
        None => {}
    }
    let plan = Plan::new(workspace)?;
    match plan.finished() {
        Some(environment) => Ok(environment),
        None => plan.carry_out(report),
    }
}

/// The environment the user has activated, or why it does not serve.
pub fn active() -> Option<Result<PythonEnvironment, String>> {
    let prefix = ["VIRTUAL_ENV", "CONDA_PREFIX"]
        .iter()
        .find_map(|name| std::env::var_os(name).filter(|value| !value.is_empty()))
        .map(PathBuf::from)?;
    let interpreter = prefix.join("bin").join("python");
    let answer = Probe::of(&interpreter).and_then(|probe| match probe.misfit() {
        Some(misfit) => Err(misfit),
        None => Ok(PythonEnvironment { interpreter, origin: Origin::Active, probe }),
    });
    Some(answer.map_err(|why| {
        format!("the active Python environment {} does not fit: {why}", prefix.display())
    }))
}

/// Which interpreter builds our environment, and where it goes.
struct Plan {
    interpreter: PathBuf,
    version: (u32, u32, u32),
    folder: PathBuf,
    requirements: PathBuf,
    stamp: Stamp,
}

impl Plan {
    fn new(workspace: &Workspace) -> Result<Self> {
        let (interpreter, probe) = find_interpreter()?;
        let (major, minor, _) = probe.version;
        let mut hash = ContentHash::default();
        hash.add("requirements", files::read_text(&workspace.requirements())?.as_bytes());
        hash.add("python", format!("{major}.{minor}").as_bytes());
        let content = hash.finish();
        let folder =
            workspace.cache().join("python").join(format!("{major}.{minor}-{}", &content[..12]));
        Ok(Self {
            interpreter,
            version: probe.version,
            requirements: workspace.requirements(),
            stamp: Stamp::new(folder.join("latentlab-stamp"), content),
            folder,
        })
    }

    fn python(&self) -> PathBuf {
        self.folder.join("bin").join("python")
    }

    /// The environment, where it was finished and still answers.
    fn finished(&self) -> Option<PythonEnvironment> {
        if !self.stamp.is_current() {
            return None;
        }
        let probe = Probe::of(&self.python()).ok().filter(|probe| probe.misfit().is_none())?;
        Some(PythonEnvironment { interpreter: self.python(), origin: Origin::Own, probe })
    }

    fn carry_out(&self, report: &mut Reporter) -> Result<PythonEnvironment> {
        let (major, minor, patch) = self.version;
        let mut working = report.begin(
            "Python environment",
            format!("{} from requirements.txt, torch included (some 3 GB)", self.folder.display()),
        );
        if let Some(failure) = shortage(files::free_space(&self.folder), &self.folder) {
            return Err(failure);
        }
        self.install()?;
        self.stamp.set()?;
        let environment = self.finished().ok_or_else(|| {
            Failure::setup(format!(
                "the new Python environment {} is incomplete",
                self.folder.display()
            ))
            .fix("run `cargo lab clean --all`, then this command again")
        })?;
        working.stand_back();
        working.done(&format!("Python {major}.{minor}.{patch}, torch {TORCH_VERSION}"));
        Ok(environment)
    }

    /// An environment that was interrupted half-way is made anew: what is in it cannot be trusted.
    fn install(&self) -> Result<()> {
        self.stamp.clear();
        if self.folder.exists() {
            std::fs::remove_dir_all(&self.folder)
                .map_err(|error| Failure::io("replace", &self.folder, &error))?;
        }
        files::create_folder(&self.folder)?;
        let mut venv = Command::new(&self.interpreter);
        venv.args(["-I", "-m", "venv"]).arg(&self.folder);
        expect(&mut venv, "making the Python environment")?;
        let mut pip = Command::new(self.python());
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV]);
        expect(&mut pip, "installing uv")?;
        let mut uv = Command::new(self.folder.join("bin").join("uv"));
        uv.args(["pip", "install", "--quiet", "--no-deps", "--python"])
            .arg(self.python())
            .arg("--requirement")
            .arg(&self.requirements);
        // pip's mirror is the machine's mirror; uv does not read pip's variables.
        for (pip_name, uv_name) in
            [("PIP_INDEX_URL", "UV_DEFAULT_INDEX"), ("PIP_EXTRA_INDEX_URL", "UV_INDEX")]
        {
            if let Some(value) =
                std::env::var_os(pip_name).filter(|_| std::env::var_os(uv_name).is_none())
            {
                uv.env(uv_name, value);
            }
        }
        expect(&mut uv, "installing the packages of requirements.txt")
    }
}

/// Says so where the disk cannot hold the environment.
fn shortage(free: Option<u64>, folder: &Path) -> Option<Failure> {
    let free = free.filter(|free| *free < NEEDED_BYTES)?;
    let failure = Failure::setup(format!(
        "the Python environment needs {:.1} GB in {}, and {:.1} GB are free",
        NEEDED_BYTES as f64 / 1e9,
        folder.display(),
        free as f64 / 1e9
    ));
    Some(failure.fix("free some disk space, or set LATENTLAB_CACHE to a folder on another disk"))
}

/// The first interpreter on the PATH that can build the environment.
fn find_interpreter() -> Result<(PathBuf, Probe)> {
    if let Some(given) = std::env::var_os(PYTHON_VARIABLE).filter(|value| !value.is_empty()) {
        let path = PathBuf::from(given);
        let unfit = match Probe::of(&path) {
            Ok(probe) => match probe.unfit_to_build() {
                None => return Ok((path, probe)),
                Some(unfit) => unfit,
            },
            Err(trouble) => trouble,
        };
        return Err(no_python(format!(
            "{PYTHON_VARIABLE}={} does not serve: {unfit}",
            path.display()
        )));
    }
    let mut seen = Vec::new();
    for name in
        ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python3.14", "python"]
    {
        let Ok(path) = which::which(name) else { continue };
        match Probe::of(&path) {
            Ok(probe) => match probe.unfit_to_build() {
                None => return Ok((path, probe)),
                Some(unfit) => seen.push(format!("{}: {unfit}", path.display())),
            },
            Err(trouble) => seen.push(format!("{}: {trouble}", path.display())),
        }
    }
    let found = if seen.is_empty() {
        "found none on the PATH".into()
    } else {
        format!("found {}", seen.join("; "))
    };
    Err(no_python(format!("no Python 3.10 to 3.14 to work with; {found}")))
}

fn no_python(what: String) -> Failure {
    Failure::setup(what).fix(format!(
        "install Python 3.11 with venv (Debian, Ubuntu: `apt-get install python3 python3-venv`), or set {PYTHON_VARIABLE} to one"
    ))
}

/// Runs an installation step; says in one sentence what went wrong.
pub fn expect(command: &mut Command, what: &str) -> Result<()> {
    match process::run(command, INSTALL_LIMIT) {
        Ok(finished) if finished.status.success() => Ok(()),
        Ok(finished) => Err(explain(what, &finished)),
        Err(trouble) => Err(Failure::setup(format!("{what} failed: {trouble}"))),
    }
}

fn explain(what: &str, finished: &Finished) -> Failure {
    let said = finished.stderr.to_lowercase() + &finished.stdout.to_lowercase();
    let says = |signs: &[&str]| signs.iter().any(|sign| said.contains(sign));
    let failure = Failure::setup(format!("{what} failed: {}", finished.last_words()));
    if says(&["no space left", "disk quota"]) {
        return failure
            .fix("free some disk space, or set LATENTLAB_CACHE to a folder on another disk");
    }
    if says(&["permission denied", "read-only file system"]) {
        return failure.fix("make that folder writable, or set LATENTLAB_CACHE to one that is");
    }
    if says(&[
        "failed to fetch",
        "error sending request",
        "connection",
        "resolve",
        "network",
        "timed out",
    ]) {
        return failure.fix("check the network (behind a mirror: set PIP_INDEX_URL), then run this again; nothing is lost");
    }
    failure
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn probe(torch: Option<&str>) -> Probe {
        Probe {
            version: (3, 11, 2),
            bits: 64,
            prefix: "/env".into(),
            can_make_environments: true,
            torch: torch.map(str::to_owned),
            torch_folder: None,
            jupyterlab: Some("4.5".into()),
            typst: Some("0.15".into()),
        }
    }

    /// A program that prints a text and ends with a code, in the place of Python.
    fn fake(folder: &Path, script: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = folder.join("python");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    #[test]
    fn local_versions_count_as_their_release() {
        assert_eq!(probe(Some("2.11.0+cu130")).misfit(), None);
        assert!(probe(Some("2.4.1")).misfit().unwrap().contains("2.4.1"));
        assert!(probe(None).misfit().unwrap().contains("no torch"));
    }

    #[test]
    fn an_interpreter_must_be_able_to_build() {
        let mut old = probe(None);
        old.version = (3, 8, 0);
        assert!(old.unfit_to_build().unwrap().contains("3.8"));
        let mut bare = probe(None);
        bare.can_make_environments = false;
        assert!(bare.unfit_to_build().unwrap().contains("python3-venv"));
        assert_eq!(probe(None).unfit_to_build(), None);
    }

    #[test]
    fn a_program_that_is_no_python_is_quoted() {
        let folder = tempfile::tempdir().unwrap();
        let chatty = Probe::of(&fake(folder.path(), "echo hello")).unwrap_err();
        assert!(chatty.contains("hello"), "{chatty}");
        let failing = Probe::of(&fake(folder.path(), "echo broken >&2; exit 7")).unwrap_err();
        assert!(failing.contains("broken"), "{failing}");
        let missing = Probe::of(&folder.path().join("none")).unwrap_err();
        assert!(missing.contains("could not be started"), "{missing}");
    }

    #[test]
    fn a_disk_that_is_too_small_is_told_before_the_download() {
        let failure = shortage(Some(1_500_000_000), Path::new("/cache")).unwrap();
        assert!(failure.what().contains("needs 6.0 GB in /cache, and 1.5 GB are free"));
        assert!(shortage(Some(NEEDED_BYTES), Path::new("/cache")).is_none());
        assert!(shortage(None, Path::new("/cache")).is_none());
    }

    #[test]
    fn the_way_out_fits_the_failure() {
        let finished = |stderr: &str| Finished {
            status: Command::new("false").status().unwrap(),
            stdout: String::new(),
            stderr: stderr.into(),
        };
        let fix = |stderr: &str| explain("installing", &finished(stderr)).to_string();
        assert!(fix("error: No space left on device (os error 28)").contains("free some disk"));
        assert!(fix("error: Failed to fetch: `https://example.org`").contains("check the network"));
        assert!(fix("error: Permission denied (os error 13)").contains("writable"));
    }
}

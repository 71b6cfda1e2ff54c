//! The Rust toolchain and the C++ compiler.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::failure::{Failure, Result};
use crate::process;

/// Names the real cargo to the stand-in that kernels run.
pub const CARGO_VARIABLE: &str = "LATENTLAB_CARGO";
/// Names the real rustc likewise.
pub const RUSTC_VARIABLE: &str = "LATENTLAB_RUSTC";

const LIMIT: Duration = Duration::from_secs(30);

/// The tools themselves, not rustup's proxies, which would cost every cell 75 ms.
#[derive(Clone, Debug)]
pub struct Toolchain {
    pub cargo: PathBuf,
    pub rustc: PathBuf,
    version: Arc<OnceLock<String>>,
    libraries: Arc<OnceLock<PathBuf>>,
}

impl Toolchain {
    pub fn find() -> Result<Self> {
        let (cargo, rustc) = std::thread::scope(|scope| {
            let cargo = scope.spawn(|| tool(CARGO_VARIABLE, "cargo"));
            let rustc = tool(RUSTC_VARIABLE, "rustc");
            (cargo.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), rustc)
        });
        Ok(Self {
            cargo: cargo?,
            rustc: rustc?,
            version: Arc::default(),
            libraries: Arc::default(),
        })
    }

    /// What `rustc -vV` prints; the build depends on all of it.
    pub fn version(&self) -> Result<String> {
        if let Some(known) = self.version.get() {
            return Ok(known.clone());
        }
        let version = self.ask_version()?;
        Ok(self.version.get_or_init(|| version).clone())
    }

    fn ask_version(&self) -> Result<String> {
        process::run(Command::new(&self.rustc).arg("-vV"), LIMIT)
            .ok()
            .filter(|finished| finished.status.success())
            .map(|finished| finished.stdout)
            .ok_or_else(|| {
                Failure::setup(format!("{} does not answer to -vV", self.rustc.display()))
                    .fix("reinstall the Rust toolchain: https://rustup.rs")
            })
    }

    pub fn host(&self) -> Result<String> {
        let version = self.version()?;
        version
            .lines()
            .find_map(|line| line.strip_prefix("host: "))
            .map(str::to_owned)
            .ok_or_else(|| Failure::setup(format!("no host line in `rustc -vV`: {version}")))
    }

    /// Where the shared standard library lies, which cells link to.
    pub fn libraries(&self) -> Result<PathBuf> {
        if let Some(known) = self.libraries.get() {
            return Ok(known.clone());
        }
        let libraries = self.folder("target-libdir")?;
        Ok(self.libraries.get_or_init(|| libraries).clone())
    }

    /// The toolchain's own folder.
    pub fn sysroot(&self) -> Result<PathBuf> {
        self.folder("sysroot")
    }

    fn folder(&self, name: &str) -> Result<PathBuf> {
        process::run(Command::new(&self.rustc).args(["--print", name]), LIMIT)
            .ok()
            .filter(|finished| finished.status.success())
            .map(|finished| PathBuf::from(finished.stdout.trim()))
            .ok_or_else(|| {
                Failure::setup(format!(
                    "{} does not say where its libraries are",
                    self.rustc.display()
                ))
                .fix("reinstall the Rust toolchain: https://rustup.rs")
            })
    }

    /// Building needs a compiler for C++ and a linker.
    pub fn check(&self) -> Result<()> {
        cxx_compiler().map(drop)
    }
}

fn tool(variable: &str, name: &str) -> Result<PathBuf> {
    if let Some(path) = std::env::var_os(variable).map(PathBuf::from).filter(|path| path.exists()) {
        return Ok(path);
    }
    let rustup = find_program("rustup");
    let answer = rustup
        .and_then(|rustup| process::run(Command::new(rustup).args(["which", name]), LIMIT).ok());
    if let Some(finished) = answer.filter(|finished| finished.status.success()) {
        return Ok(PathBuf::from(finished.stdout.trim()));
    }
    find_program(name).ok_or_else(|| {
        Failure::setup(format!("no {name} on the PATH or in ~/.cargo/bin"))
            .fix("install Rust from https://rustup.rs")
    })
}

/// Looks on the PATH, and in cargo's own folder: Jupyter started from a desktop has a short PATH.
fn find_program(name: &str) -> Option<PathBuf> {
    let cargo_home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))?;
    which::which(name)
        .ok()
        .or_else(|| Some(cargo_home.join("bin").join(name)).filter(|path| path.is_file()))
}

/// The compiler that torch-sys will use, with the first line of its version.
pub fn cxx_compiler() -> Result<(PathBuf, String)> {
    let given = std::env::var("CXX").ok().filter(|name| !name.is_empty());
    let candidates: Vec<String> = match given {
        Some(name) => vec![name],
        None => ["c++", "g++", "clang++"].map(String::from).to_vec(),
    };
    for name in &candidates {
        let Ok(path) = which::which(name) else { continue };
        if let Some(version) = version_line(&path) {
            return Ok((path, version));
        }
    }
    Err(Failure::setup(format!(
        "no working C++ compiler (looked for {} on the PATH)",
        candidates.join(", ")
    ))
    .fix("install one (Debian, Ubuntu: `apt-get install g++`; Fedora: `dnf install gcc-c++`; macOS: `xcode-select --install`), or set CXX"))
}

fn version_line(path: &Path) -> Option<String> {
    let finished = process::run(Command::new(path).arg("--version"), LIMIT).ok()?;
    finished.status.success().then(|| finished.stdout.lines().next().unwrap_or_default().to_owned())
}

//! tch's C++ layer as a library that all cells share.
//!
//! torch-sys compiles it into every Rust library that uses it. Then a cell carries it, too, or cannot be
//! loaded, since Rust does not export C symbols from a shared library of its own. So it is built once as a
//! shared library, and cargo is told that this stands for what torch-sys would build.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::failure::{Failure, Result, Status};
use crate::files::{self, ContentHash};
use crate::kernel::environment;
use crate::report::Reporter;
use crate::workspace::Workspace;

use super::libtorch::{Libtorch, library_name};
use super::toolchain::{Toolchain, cxx_compiler};
use super::{Environment, Stamp};

const CONFIGURATION: &str = "cargo.toml";

/// The shim of one libtorch.
#[derive(Clone, Debug)]
pub struct Shim {
    folder: PathBuf,
}

impl Shim {
    /// Where the shim for a libtorch is or would be.
    pub fn of(workspace: &Workspace, libtorch: &Libtorch) -> Result<Self> {
        let mut hash = ContentHash::default();
        hash.add("libtorch", libtorch.folder.to_string_lossy().as_bytes());
        hash.add("version", libtorch.version.as_bytes());
        hash.add("torch-sys", torch_sys_version(workspace)?.as_bytes());
        let folder = workspace.cache().join("shim").join(&hash.finish()[..12]);
        Ok(Self { folder })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Settings for cargo that put the shim in the place of torch-sys's own build.
    pub fn configuration(&self) -> PathBuf {
        self.folder.join(CONFIGURATION)
    }

    pub fn library(&self) -> PathBuf {
        self.folder.join(library_name("tch"))
    }

    pub fn is_there(&self) -> bool {
        self.stamp().is_current() && self.library().is_file() && self.configuration().is_file()
    }

    /// Speaks of the size, so that a library that a crash or a full disk has cut off is made again.
    fn stamp(&self) -> Stamp {
        let size = std::fs::metadata(self.library()).map_or(0, |library| library.len());
        Stamp::new(self.folder.join("finished"), format!("1, {size} bytes"))
    }
}

/// Builds the shim where it is missing.
pub fn ensure(
    workspace: &Workspace,
    environment: &Environment,
    report: &mut Reporter,
) -> Result<Shim> {
    let shim = Shim::of(workspace, &environment.libtorch)?;
    if shim.is_there() {
        return Ok(shim);
    }
    let mut working = report.begin("libtorch shim", "compiling tch's C++ layer once for all cells");
    working.stand_back();
    shim.stamp().clear();
    let build = shim.folder.join("build");
    let archive = compile(workspace, environment, &build)?;
    link(&environment.libtorch, &archive, &shim.library())?;
    let host = environment.toolchain.host()?;
    let settings = configuration(&host, &shim.folder, &environment.libtorch);
    files::write_whole(&shim.configuration(), settings.as_bytes())?;
    shim.stamp().set()?;
    let _only_space = std::fs::remove_dir_all(&build);
    working.done("shared by all cells");
    Ok(shim)
}

/// Has torch-sys compile its C++ files, in a crate that needs nothing else; returns the archive.
fn compile(workspace: &Workspace, environment: &Environment, folder: &Path) -> Result<PathBuf> {
    let version = torch_sys_version(workspace)?;
    let manifest = format!(
        "[package]\nname = \"shim\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\ntorch-sys = \"={version}\"\n"
    );
    files::write_whole(&folder.join("Cargo.toml"), manifest.as_bytes())?;
    files::write_whole(&folder.join("src/lib.rs"), b"")?;
    let lock = files::read_text(&workspace.root().join("Cargo.lock"))?;
    files::write_whole(&folder.join("Cargo.lock"), lock.as_bytes())?;
    let Toolchain { cargo, rustc, .. } = &environment.toolchain;
    let mut command = Command::new(cargo);
    environment::clear_build_variables(&mut command);
    let output = command
        .args(["build", "--release", "--message-format=json-render-diagnostics"])
        .current_dir(folder)
        .env("RUSTC", rustc)
        .env("LIBTORCH", &environment.libtorch.folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Failure::io("start", cargo, &error))?;
    let archive = archive_in(&String::from_utf8_lossy(&output.stdout));
    match archive.filter(|_| output.status.success()) {
        Some(archive) => Ok(archive),
        None => Err(Failure::new(
            Status::Setup,
            "tch's C++ layer could not be compiled; the compiler's message is above",
        )
        .fix("mend what it names (often: memory or disk space), then run this again")),
    }
}

/// Where cargo says that torch-sys has put its archive.
fn archive_in(messages: &str) -> Option<PathBuf> {
    messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()).find_map(
        |message| {
            let of_torch = message["reason"] == "build-script-executed"
                && message["package_id"].as_str().is_some_and(|id| id.contains("torch-sys"));
            let folder = of_torch.then(|| message["out_dir"].as_str())??;
            Some(PathBuf::from(folder).join("libtch.a"))
        },
    )
}

fn link(libtorch: &Libtorch, archive: &Path, library: &Path) -> Result<()> {
    let (compiler, _) = cxx_compiler()?;
    let libraries = libtorch.libraries();
    let aside = library.with_extension("new");
    let mut command = Command::new(&compiler);
    if cfg!(target_os = "macos") {
        let name = format!("-Wl,-install_name,@rpath/{}", library_name("tch"));
        command.arg("-dynamiclib").arg(name).arg("-Wl,-force_load").arg(archive);
    } else {
        command.arg("-shared").arg(format!("-Wl,-soname,{}", library_name("tch")));
        command.arg("-Wl,--whole-archive").arg(archive).arg("-Wl,--no-whole-archive");
    }
    let output = command
        .arg("-L")
        .arg(&libraries)
        .args(["-ltorch_cpu", "-lc10"])
        .arg(format!("-Wl,-rpath,{}", libraries.display()))
        .arg("-o")
        .arg(&aside)
        .output()
        .map_err(|error| Failure::io("start", &compiler, &error))?;
    if !output.status.success() {
        return Err(Failure::setup(format!(
            "tch's C++ layer could not be linked: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        ))
        .fix("check that LIBTORCH is whole, then run this again"));
    }
    std::fs::rename(&aside, library).map_err(|error| Failure::io("write", library, &error))
}

/// cargo then does not run torch-sys's build script, and links what is named here.
fn configuration(host: &str, shim: &Path, libtorch: &Libtorch) -> String {
    let quoted = |path: &Path| toml_string(&path.to_string_lossy());
    let search = |path: &Path| toml_string(&format!("native={}", path.display()));
    let libraries = libtorch.libraries();
    format!(
        "[target.{host}.tch]\nrustc-link-lib = [\"dylib=tch\", \"dylib=torch_cpu\", \"dylib=c10\"]\n\
         rustc-link-search = [{}, {}]\nlibtorch_lib = {}\n",
        search(shim),
        search(&libraries),
        quoted(&libraries)
    )
}

fn toml_string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The version that this checkout locks.
fn torch_sys_version(workspace: &Workspace) -> Result<String> {
    let path = workspace.root().join("Cargo.lock");
    let lock = files::read_text(&path)?;
    lock.split("[[package]]")
        .find(|package| package.contains("name = \"torch-sys\""))
        .and_then(|package| package.lines().find_map(|line| line.strip_prefix("version = ")))
        .map(|version| version.trim_matches('"').to_owned())
        .ok_or_else(|| {
            Failure::setup(format!("{} does not name torch-sys", path.display()))
                .fix("restore Cargo.lock: `git checkout Cargo.lock`")
        })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn cargo_is_told_where_the_shim_is() {
        let libtorch = Libtorch { folder: PathBuf::from("/py/torch"), version: "2.11.0".into() };
        let text = configuration("x86_64-unknown-linux-gnu", Path::new("/c/\"shim"), &libtorch);
        assert_eq!(
            text,
            "[target.x86_64-unknown-linux-gnu.tch]\n\
             rustc-link-lib = [\"dylib=tch\", \"dylib=torch_cpu\", \"dylib=c10\"]\n\
             rustc-link-search = [\"native=/c/\\\"shim\", \"native=/py/torch/lib\"]\n\
             libtorch_lib = \"/py/torch/lib\"\n"
        );
    }

    #[test]
    fn the_archive_is_found_in_what_cargo_says() {
        let messages = "{\"reason\":\"compiler-artifact\",\"package_id\":\"torch-sys\"}\nnoise\n{\"reason\":\"build-script-executed\",\"package_id\":\"registry+x#torch-sys@0.24.0\",\"out_dir\":\"/o\"}\n";
        assert_eq!(archive_in(messages), Some(PathBuf::from("/o/libtch.a")));
        assert_eq!(archive_in("{}"), None);
    }

    #[test]
    fn a_shim_that_is_cut_off_is_no_shim() {
        let folder = tempfile::tempdir().unwrap();
        let shim = Shim { folder: folder.path().to_owned() };
        std::fs::write(shim.library(), "all of it").unwrap();
        std::fs::write(shim.configuration(), "").unwrap();
        assert!(!shim.is_there());
        shim.stamp().set().unwrap();
        assert!(shim.is_there());
        std::fs::write(shim.library(), "all").unwrap();
        assert!(!shim.is_there());
        std::fs::remove_file(shim.library()).unwrap();
        assert!(!shim.is_there());
    }

    #[test]
    fn the_locked_version_counts() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::at(folder.path(), folder.path());
        assert!(torch_sys_version(&workspace).is_err());
        std::fs::write(
            folder.path().join("Cargo.lock"),
            "[[package]]\nname = \"tch\"\nversion = \"1\"\n\n[[package]]\nname = \"torch-sys\"\nversion = \"0.24.0\"\n",
        )
        .unwrap();
        assert_eq!(torch_sys_version(&workspace).unwrap(), "0.24.0");
    }
}

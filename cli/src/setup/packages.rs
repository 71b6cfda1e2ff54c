//! What `cargo metadata` says, and what is left of it for rust-analyzer.

use std::collections::HashSet;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::failure::{Failure, Result};
use crate::kernel::environment;
use crate::process;

use super::toolchain::Toolchain;

/// Asks cargo about the crate in a folder, for this machine's platform alone.
pub fn ask(
    toolchain: &Toolchain,
    folder: &Path,
    arguments: &[&str],
    variables: &[(&str, &str)],
    limit: Duration,
) -> Result<Value> {
    let mut cargo = Command::new(&toolchain.cargo);
    environment::clear_build_variables(&mut cargo);
    cargo
        .args(["metadata", "--format-version=1", "--filter-platform"])
        .arg(toolchain.host()?)
        .args(arguments)
        .arg("--manifest-path")
        .arg(folder.join("Cargo.toml"))
        .current_dir(folder)
        .env("RUSTC", &toolchain.rustc)
        .envs(variables.iter().copied());
    let finished = process::run(&mut cargo, limit)
        .map_err(|trouble| Failure::setup(format!("no answer from cargo metadata: {trouble}")))?;
    serde_json::from_str(&finished.stdout).map_err(|_| {
        Failure::setup(format!("no answer from cargo metadata: {}", finished.last_words()))
    })
}

/// Leaves only some packages, by their ids, and what else names them.
pub fn keep(metadata: &mut Value, ids: &HashSet<String>) -> Option<()> {
    let is_kept = |id: &Value| id.as_str().is_some_and(|id| ids.contains(id));
    metadata["packages"].as_array_mut()?.retain(|package| is_kept(&package["id"]));
    for list in ["workspace_members", "workspace_default_members"] {
        if let Some(members) = metadata[list].as_array_mut() {
            members.retain(is_kept);
        }
    }
    let nodes = metadata["resolve"]["nodes"].as_array_mut()?;
    nodes.retain(|node| is_kept(&node["id"]));
    for node in nodes {
        node["deps"].as_array_mut()?.retain(|dependency| is_kept(&dependency["pkg"]));
        node["dependencies"].as_array_mut()?.retain(is_kept);
    }
    Some(())
}

/// The id and the name of each package.
pub fn names(metadata: &Value) -> Option<Vec<(String, String)>> {
    let packages = metadata["packages"].as_array()?.iter();
    Some(
        packages
            .filter_map(|package| {
                Some((package["id"].as_str()?.to_owned(), package["name"].as_str()?.to_owned()))
            })
            .collect(),
    )
}

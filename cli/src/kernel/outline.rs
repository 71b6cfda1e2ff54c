//! What rust-analyzer is told about a cell's dependencies.
//!
//! evcxr runs rust-analyzer to infer the types of a cell's variables. It reads the source of every crate
//! that `cargo metadata` lists, some 170 with ours: a dozen seconds at the first cells, and a gigabyte of
//! memory. But the types that cells can name come from few crates: the library, and those whose types
//! stand in its signatures. So rust-analyzer is told of these alone, and of whatever the cell depends on
//! by itself; rustc still sees everything.

use std::collections::HashSet;
use std::ffi::OsString;
use std::process::{Command, ExitCode};

use serde_json::Value;

use crate::failure::{Failure, Result};
use crate::setup::packages;

const LIBRARY: &str = "latentlab";

/// The crates whose types stand in the library's signatures, and what those need for theirs.
const NAMEABLE: [&str; 13] = [
    LIBRARY,
    "chrono",
    "fixedbitset",
    "half",
    "ndarray",
    "num-complex",
    "num-traits",
    "petgraph",
    "polars",
    "polars-core",
    "polars-error",
    "polars-utils",
    "tch",
];

/// rust-analyzer names the manifest; evcxr's own questions do not, and get the full answer.
pub fn is_for_rust_analyzer(arguments: &[OsString]) -> bool {
    let has = |word: &str| arguments.iter().any(|argument| argument == word);
    has("metadata") && has("--manifest-path")
}

/// Runs `cargo metadata` and shortens its answer.
pub fn metadata(mut cargo: Command) -> Result<ExitCode> {
    let output = cargo
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|error| Failure::setup(format!("cannot run cargo metadata: {error}")))?;
    let text = String::from_utf8_lossy(&output.stdout);
    // What is not understood is passed on as it is: the answer is then slow, not wrong.
    match serde_json::from_str(&text).ok().and_then(shortened) {
        Some(short) => println!("{short}"),
        None => print!("{text}"),
    }
    let code = output.status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(1)))
}

/// The metadata without the packages that only the library uses inside.
pub fn shortened(mut metadata: Value) -> Option<Value> {
    let library = package_id(&metadata, LIBRARY)?;
    let inside = reachable(&metadata, std::slice::from_ref(&library), None)?;
    let roots: Vec<String> = metadata["workspace_members"]
        .as_array()?
        .iter()
        .filter_map(|member| member.as_str().map(str::to_owned))
        .collect();
    let outside = reachable(&metadata, &roots, Some(&library))?;
    let names = packages::names(&metadata)?;
    let kept: HashSet<String> = names
        .into_iter()
        .filter(|(id, name)| {
            outside.contains(id) || !inside.contains(id) || NAMEABLE.contains(&name.as_str())
        })
        .map(|(id, _)| id)
        .collect();
    packages::keep(&mut metadata, &kept)?;
    Some(metadata)
}

fn package_id(metadata: &Value, wanted: &str) -> Option<String> {
    packages::names(metadata)?.into_iter().find(|(_, name)| name == wanted).map(|(id, _)| id)
}

/// Every package that some packages lead to, themselves included, without going through `closed`.
fn reachable(
    metadata: &Value,
    from: &[String],
    closed: Option<&String>,
) -> Option<HashSet<String>> {
    let nodes = metadata["resolve"]["nodes"].as_array()?;
    let mut found: HashSet<String> = HashSet::new();
    let mut waiting = from.to_vec();
    while let Some(id) = waiting.pop() {
        if closed == Some(&id) || !found.insert(id.clone()) {
            continue;
        }
        let node = nodes.iter().find(|node| node["id"] == id.as_str())?;
        let dependencies = node["deps"].as_array()?.iter();
        waiting.extend(
            dependencies.filter_map(|dependency| dependency["pkg"].as_str().map(str::to_owned)),
        );
    }
    Some(found)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A cell that depends on the library and on serde, both of which use memchr.
    fn metadata(edges: &[(&str, &[&str])]) -> Value {
        let packages: Vec<Value> =
            edges.iter().map(|(name, _)| json!({"id": name, "name": name})).collect();
        let nodes: Vec<Value> = edges
            .iter()
            .map(|(name, dependencies)| {
                let deps: Vec<Value> =
                    dependencies.iter().map(|id| json!({"name": id, "pkg": id})).collect();
                json!({"id": name, "deps": deps, "dependencies": dependencies})
            })
            .collect();
        json!({"packages": packages, "workspace_members": ["ctx"], "resolve": {"nodes": nodes}})
    }

    fn names(metadata: &Value) -> Vec<String> {
        packages::names(metadata).unwrap().into_iter().map(|(id, _)| id).collect()
    }

    #[test]
    fn what_only_the_library_uses_is_left_out() {
        let short = shortened(metadata(&[
            ("ctx", &["latentlab", "serde"]),
            ("latentlab", &["tch", "polars-arrow", "memchr"]),
            ("tch", &["torch-sys"]),
            ("torch-sys", &[]),
            ("polars-arrow", &["memchr"]),
            ("serde", &["memchr"]),
            ("memchr", &[]),
        ]))
        .unwrap();
        assert_eq!(names(&short), ["ctx", "latentlab", "tch", "serde", "memchr"]);
        let library = &short["resolve"]["nodes"][1];
        assert_eq!(library["dependencies"], json!(["tch", "memchr"]));
        assert_eq!(library["deps"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn a_cell_without_the_library_is_left_alone() {
        assert_eq!(shortened(metadata(&[("ctx", &["serde"]), ("serde", &[])])), None);
        assert_eq!(shortened(json!({"packages": []})), None);
    }

    #[test]
    fn only_rust_analyzer_gets_the_short_answer() {
        let words = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert!(is_for_rust_analyzer(&words("metadata --format-version 1 --manifest-path /x")));
        assert!(!is_for_rust_analyzer(&words("metadata --format-version=1")));
        assert!(!is_for_rust_analyzer(&words("build --manifest-path /x")));
    }
}

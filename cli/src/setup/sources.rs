//! The standard library's sources as rust-analyzer reads them at the start of every kernel.
//!
//! evcxr waits until rust-analyzer has read the standard library and expanded its macros. Half of what the
//! toolchain brings has no part in the types of a cell's variables: tests, the intrinsics of all processors,
//! the C library's declarations, attributes for the compiler. The copy made here leaves that out, which halves
//! what rust-analyzer needs at a start (CONTRIBUTING.md, "Measured"). What a cell then lacks: the intrinsics of
//! `std::arch` in completion and inference, and the documentation of the methods of integers in hover. rustc
//! sees the whole library as ever.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use crate::failure::{Failure, Result};
use crate::files::{self, ContentHash};
use crate::report::Reporter;
use crate::workspace::Workspace;

use super::packages;
use super::toolchain::Toolchain;

/// Counted up when the copies change.
const EDITION: &[u8] = b"2";

/// The crates that are kept.
const KEPT: [&str; 15] = [
    "alloc",
    "cfg-if",
    "core",
    "foldhash",
    "hashbrown",
    "panic_unwind",
    "proc_macro",
    "rustc-demangle",
    "rustc-literal-escaper",
    "rustc-std-workspace-alloc",
    "rustc-std-workspace-core",
    "rustc-std-workspace-std",
    "std",
    "std_detect",
    "unwind",
];

/// Attributes that speak to the compiler or to the standard library's authors alone.
const INTERNAL_ATTRIBUTES: [&str; 11] = [
    "allow",
    "cold",
    "inline",
    "must_use",
    "rustc_confusables",
    "rustc_const_stable",
    "rustc_const_unstable",
    "rustc_diagnostic_item",
    "rustc_inherit_overflow_checks",
    "stable",
    "track_caller",
];

/// Files whose macros are expanded once for each of the twelve integer types, with all documentation.
const INTEGER_MACROS: [&str; 6] = [
    "int_macros.rs",
    "nonzero.rs",
    "saturating.rs",
    "uint_macros.rs",
    "wrapping.rs",
    "int_sqrt.rs",
];

/// What cargo says about the standard library, with the paths of the copy.
const METADATA: &str = "metadata.json";
const MANIFEST: &str = "Cargo.toml";

/// `cargo metadata` may have to fetch what the standard library depends on.
const LIMIT: Duration = Duration::from_secs(120);
/// As rust-analyzer does: the standard library uses what only a nightly cargo knows.
const NIGHTLY: (&str, &str) = ("__CARGO_TEST_CHANNEL_OVERRIDE_DO_NOT_USE_THIS", "nightly");

/// The copy for one toolchain.
#[derive(Clone, Debug)]
pub struct Sources(PathBuf);

impl Sources {
    /// Where the copy for a toolchain is or would be.
    pub fn of(workspace: &Workspace, toolchain: &Toolchain) -> Result<Self> {
        let mut hash = ContentHash::default();
        hash.add("edition", EDITION);
        hash.add("rustc", toolchain.version()?.as_bytes());
        let folder = folder(workspace);
        // The metadata names the files by their full paths.
        hash.add("folder", folder.as_os_str().as_encoded_bytes());
        Ok(Self(folder.join(&hash.finish()[..12])))
    }

    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// The folder is made aside and renamed, so it is whole if it is there.
    pub fn is_there(&self) -> bool {
        self.0.join(METADATA).is_file()
    }
}

/// Where the copies for all toolchains are.
pub fn folder(workspace: &Workspace) -> PathBuf {
    workspace.cache().join("sources")
}

/// What cargo would say about the copy whose manifest is given.
pub fn metadata(manifest: &Path) -> Option<Vec<u8>> {
    std::fs::read(manifest.with_file_name(METADATA)).ok()
}

/// Makes the copy where it is missing. Without it kernels start slower and nothing else changes, so a
/// failure is no end.
pub fn ensure(workspace: &Workspace, toolchain: &Toolchain, report: &mut Reporter) -> Result<()> {
    let sources = Sources::of(workspace, toolchain)?;
    if sources.is_there() {
        return Ok(());
    }
    let working = report.begin("Standard library", "shortening its sources for rust-analyzer");
    match copy(toolchain, &sources.0) {
        Ok(()) => working.done("kernels start sooner"),
        Err(failure) => working.done(&format!("kernels start slower: {}", failure.what())),
    }
    Ok(())
}

fn copy(toolchain: &Toolchain, target: &Path) -> Result<()> {
    let library = library(toolchain)?;
    let metadata = packages::ask(toolchain, &library, &["--locked"], &[NIGHTLY], LIMIT)?;
    let parent = target.parent().unwrap_or(Path::new("."));
    files::create_folder(parent)?;
    let aside =
        tempfile::tempdir_in(parent).map_err(|error| Failure::io("write", parent, &error))?.keep();
    let made = fill(&aside, target, &library, metadata).and_then(|()| {
        std::fs::rename(&aside, target).map_err(|error| Failure::io("write", target, &error))
    });
    if made.is_err() {
        let _half_made = std::fs::remove_dir_all(&aside);
    }
    made
}

/// The toolchain's own sources.
fn library(toolchain: &Toolchain) -> Result<PathBuf> {
    let library = toolchain.sysroot()?.join("lib/rustlib/src/rust/library");
    if library.join(MANIFEST).is_file() {
        return Ok(library);
    }
    Err(Failure::setup(format!("no sources in {}", library.display()))
        .fix("run `rustup component add rust-src`"))
}

/// Writes the kept crates into a folder that will have another name in the end.
fn fill(folder: &Path, final_folder: &Path, library: &Path, mut metadata: Value) -> Result<()> {
    keep(&mut metadata)
        .ok_or_else(|| Failure::setup("an answer of cargo metadata without packages"))?;
    for package in metadata["packages"].as_array_mut().into_iter().flatten() {
        let (Some(name), Some(manifest)) =
            (package["name"].as_str(), package["manifest_path"].as_str())
        else {
            continue;
        };
        let (name, manifest) = (name.to_owned(), PathBuf::from(manifest));
        let old = manifest.parent().unwrap_or(Path::new("/"));
        let code = old.join("src");
        // The standard library's stand-ins for its own crates have none; rust-analyzer puts the crates in
        // their place.
        if code.is_dir() {
            copy_sources(&code, &folder.join(&name).join("src"))?;
        }
        redirect(package, old, &final_folder.join(&name));
    }
    metadata["workspace_root"] = final_folder.to_string_lossy().into();
    metadata["target_directory"] = final_folder.join("target").to_string_lossy().into();
    let manifest = files::read_text(&library.join(MANIFEST))?;
    files::write_whole(&folder.join(MANIFEST), manifest.as_bytes())?;
    files::write_whole(&folder.join(METADATA), metadata.to_string().as_bytes())
}

/// Leaves only the kept crates in cargo's metadata.
fn keep(metadata: &mut Value) -> Option<()> {
    let kept = |(id, name): (String, String)| KEPT.contains(&name.as_str()).then_some(id);
    let kept = packages::names(metadata)?.into_iter().filter_map(kept).collect();
    packages::keep(metadata, &kept)
}

/// Names a package's files in their new folder.
fn redirect(package: &mut Value, old: &Path, new: &Path) {
    package["manifest_path"] = new.join(MANIFEST).to_string_lossy().into();
    let Some(targets) = package["targets"].as_array_mut() else { return };
    // std itself is made as `dylib` and `rlib`.
    let is_library = |target: &Value| {
        let mut kinds = target["kind"].as_array().into_iter().flatten();
        kinds.any(|kind| kind.as_str().is_some_and(|kind| kind.ends_with("lib")))
    };
    targets.retain(is_library);
    for target in targets {
        let path = target["src_path"].as_str().map(PathBuf::from).unwrap_or_default();
        if let Ok(inside) = path.strip_prefix(old) {
            target["src_path"] = new.join(inside).to_string_lossy().into();
        }
    }
}

fn copy_sources(from: &Path, to: &Path) -> Result<()> {
    files::create_folder(to)?;
    for path in files::sorted_entries(from)? {
        let Some(name) = path.file_name() else { continue };
        if path.is_dir() {
            if name != "tests" && name != "benches" {
                copy_sources(&path, &to.join(name))?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = files::read_text(&path)?;
            let is_macro = name.to_str().is_some_and(|name| INTEGER_MACROS.contains(&name));
            let target = to.join(name);
            std::fs::write(&target, shortened(&text, is_macro))
                .map_err(|error| Failure::io("write", &target, &error))?;
        }
    }
    Ok(())
}

/// A file without the attributes that are for the compiler alone, and without documentation where a macro
/// repeats it for each type.
fn shortened(text: &str, without_documentation: bool) -> String {
    let mut short = String::with_capacity(text.len());
    let mut inside_documentation = false;
    for line in text.split_inclusive('\n') {
        let code = line.trim();
        if inside_documentation {
            inside_documentation = !code.ends_with(']');
            continue;
        }
        if without_documentation && (code.starts_with("///") || code.starts_with("#[doc")) {
            inside_documentation = code.starts_with("#[doc") && !code.ends_with(']');
            continue;
        }
        if !is_internal_attribute(code) {
            short.push_str(line);
        }
    }
    short
}

/// Whether a line is one such attribute, and nothing else.
fn is_internal_attribute(code: &str) -> bool {
    let Some(inside) = code.strip_prefix("#[").and_then(|rest| rest.strip_suffix(']')) else {
        return false;
    };
    let name: String = inside.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    !inside.contains("#[")
        && (INTERNAL_ATTRIBUTES.contains(&name.as_str()) || name.starts_with("rustc_allow"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    const INTEGER: &str = "\
/// Raises.
#[doc = concat!(\"assert_eq!(2\",
    stringify!($T), \")\")]
#[stable(feature = \"rust1\", since = \"1.0.0\")]
#[unstable(feature = \"new\", issue = \"1\")]
#[inline]
pub const fn pow(self, mut exp: u32) -> Self {
    #[allow(x)] let a = 1;
}
";

    #[test]
    fn only_what_no_type_depends_on_is_left_out() {
        let code = "#[unstable(feature = \"new\", issue = \"1\")]\n\
                    pub const fn pow(self, mut exp: u32) -> Self {\n    #[allow(x)] let a = 1;\n}\n";
        assert_eq!(shortened(INTEGER, true), code);
        let documented = shortened(INTEGER, false);
        assert!(documented.starts_with("/// Raises.\n#[doc = concat!"), "{documented}");
        assert!(documented.ends_with(code));
        assert!(!is_internal_attribute("#[lang = \"clone\"]"));
        assert!(!is_internal_attribute("#[inline] #[lang = \"x\"]"));
        assert!(!is_internal_attribute("#[stable_names]"));
    }

    #[test]
    fn a_copy_names_its_own_files_and_leaves_the_rest_out() {
        let folder = tempfile::tempdir().unwrap();
        let (library, aside) = (folder.path().join("library"), folder.path().join("aside"));
        let write = |path: &str, text: &str| {
            let path = library.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("Cargo.toml", "[workspace]\n");
        write("core/src/lib.rs", "#[inline]\nfn a() {}\n");
        write("core/src/num/tests/mod.rs", "");
        write("core/src/num/README.md", "");
        let target = |kind: &str, file: &str| json!({"kind": [kind], "src_path": library.join("core").join(file)});
        let metadata = json!({
            "packages": [
                {"id": "core#1", "name": "core", "manifest_path": library.join("core/Cargo.toml"),
                 "targets": [target("rlib", "src/lib.rs"), target("test", "tests/a.rs")]},
                {"id": "libc#1", "name": "libc", "manifest_path": "/x/Cargo.toml", "targets": []},
            ],
            "workspace_members": ["core#1", "libc#1"],
            "resolve": {"nodes": [
                {"id": "core#1", "deps": [{"pkg": "libc#1"}], "dependencies": ["libc#1"]},
                {"id": "libc#1", "deps": [], "dependencies": []},
            ]},
        });
        let target = folder.path().join("final");
        fill(&aside, &target, &library, metadata).unwrap();
        std::fs::rename(&aside, &target).unwrap();
        let kept: Value =
            serde_json::from_slice(&super::metadata(&target.join(MANIFEST)).unwrap()).unwrap();
        assert_eq!(kept["workspace_members"], json!(["core#1"]));
        assert_eq!(kept["resolve"]["nodes"][0]["deps"], json!([]));
        let file = kept["packages"][0]["targets"][0]["src_path"].as_str().unwrap();
        assert_eq!(std::fs::read_to_string(file).unwrap(), "fn a() {}\n");
        assert_eq!(kept["packages"][0]["targets"].as_array().unwrap().len(), 1);
        assert!(!target.join("core/src/num/tests").exists());
        assert!(!target.join("core/src/num/README.md").exists());
        assert!(Sources(target).is_there());
    }

    #[test]
    fn an_answer_without_packages_is_no_copy() {
        let folder = tempfile::tempdir().unwrap();
        let outcome = fill(folder.path(), folder.path(), folder.path(), json!({}));
        assert!(outcome.is_err());
    }
}

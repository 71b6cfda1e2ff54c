//! A kernel's own build folder, begun as a twin of the warm one.
//!
//! With one folder for all, kernels would wait for each other's builds, and worse: cargo knows a cell's
//! crate by its name and version alone, so that one kernel could take another's cell for its own,
//! finished already. A twin costs no disk: large files, which compilers replace and never change, are the
//! same files under a second name; small ones, which cargo rewrites in place, are copied. That takes from
//! a fifth of a second to a whole one (file systems look long for a free place shortly after another
//! kernel's folder has gone), so the kernel begins with the libraries, which are linked at once and are all
//! that a cell is compiled with, and the rest, which only cargo reads, comes while it already answers.

use std::fs::{self, File, FileTimes};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// Files from this size on are linked.
const LARGE: u64 = 64 * 1024;

/// Gives `twin` the libraries of `warm`. Where there is no warm build, the twin is empty and the kernel's
/// first cell compiles everything.
pub fn begin(warm: &Path, twin: &Path) -> io::Result<()> {
    fs::create_dir_all(twin)?;
    if warm.is_dir() { Copying::libraries().copy_folder(warm, twin) } else { Ok(()) }
}

/// Makes a twin that is begun a build folder that cargo finds as finished as `warm`. Stops when the kernel is
/// leaving.
pub fn complete(warm: &Path, twin: &Path, leaving: &AtomicBool) -> io::Result<()> {
    let all = Copying { leaving: Some(leaving), ..Copying::default() };
    if warm.is_dir() { all.copy_folder(warm, twin) } else { Ok(()) }
}

/// Where the shared libraries of a build folder are, for a platform.
pub fn libraries(folder: &Path, host: &str) -> PathBuf {
    folder.join(host).join("debug").join("deps")
}

/// How a folder is copied.
#[derive(Default)]
struct Copying<'a> {
    only_libraries: bool,
    leaving: Option<&'a AtomicBool>,
}

impl Copying<'_> {
    fn libraries() -> Self {
        Self { only_libraries: true, leaving: None }
    }

    fn copy_folder(&self, from: &Path, to: &Path) -> io::Result<()> {
        for entry in fs::read_dir(from)? {
            if self.leaving.is_some_and(|leaving| leaving.load(Ordering::Relaxed)) {
                return Ok(());
            }
            let entry = entry?;
            let name = entry.file_name();
            if is_of_a_cell(&name.to_string_lossy()) {
                continue;
            }
            let (source, target) = (entry.path(), to.join(&name));
            let kind = entry.file_type()?;
            if kind.is_dir() {
                if !self.only_libraries || leads_to_libraries(&name.to_string_lossy()) {
                    fs::create_dir_all(&target)?;
                    self.copy_folder(&source, &target)?;
                }
            } else if target.symlink_metadata().is_ok() {
                // It is there from the beginning.
            } else if kind.is_symlink() {
                std::os::unix::fs::symlink(fs::read_link(&source)?, &target)?;
            } else {
                self.copy_file(&source, &target)?;
            }
        }
        Ok(())
    }

    /// Copies keep their date: cargo compares dates to see what is current.
    fn copy_file(&self, source: &Path, target: &Path) -> io::Result<()> {
        let metadata = fs::metadata(source)?;
        // Another disk, or a file system without links: a copy is slower, and as good.
        let is_large = metadata.len() >= LARGE;
        if is_large && fs::hard_link(source, target).is_ok() {
            return Ok(());
        }
        let is_library = source.extension().is_some_and(|extension| extension != "d");
        if self.only_libraries && !is_library {
            return Ok(());
        }
        fs::copy(source, target)?;
        File::options().write(true).open(target)?.set_times(
            FileTimes::new().set_modified(metadata.modified()?).set_accessed(metadata.modified()?),
        )
    }
}

/// Whether a folder is on the way to the libraries, or theirs; the others are for cargo alone.
fn leads_to_libraries(name: &str) -> bool {
    !matches!(name, ".fingerprint" | "build" | "examples")
}

/// The warm build's own cell, and what speeds up recompiling it and the library, serve no other crate.
fn is_of_a_cell(name: &str) -> bool {
    name == "incremental"
        || name == ".cargo-lock"
        || name.starts_with("ctx")
        || name.starts_with("libctx")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    #[test]
    fn a_twin_is_as_current_and_can_change_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (warm, other) = (folder.path().join("warm"), folder.path().join("other"));
        fs::create_dir_all(warm.join("debug/deps")).unwrap();
        fs::create_dir_all(warm.join("debug/incremental/x")).unwrap();
        fs::write(warm.join("debug/deps/libpolars.rlib"), vec![1; LARGE as usize]).unwrap();
        fs::write(warm.join("debug/deps/polars.d"), "old").unwrap();
        fs::write(warm.join("debug/deps/libsmall.rmeta"), "small").unwrap();
        fs::write(warm.join("debug/deps/libctx.so"), "cell").unwrap();
        fs::create_dir_all(warm.join("debug/.fingerprint/polars")).unwrap();
        fs::write(warm.join("debug/.fingerprint/polars/dep-lib"), "fresh").unwrap();
        begin(&warm, &other).unwrap();
        assert!(other.join("debug/deps/libpolars.rlib").is_file());
        assert!(other.join("debug/deps/libsmall.rmeta").is_file());
        assert!(!other.join("debug/deps/polars.d").exists());
        assert!(!other.join("debug/.fingerprint").exists());

        complete(&warm, &other, &AtomicBool::new(true)).unwrap();
        assert!(!other.join("debug/.fingerprint").exists(), "the kernel was leaving");
        complete(&warm, &other, &AtomicBool::new(false)).unwrap();
        assert!(other.join("debug/.fingerprint/polars/dep-lib").is_file());

        let date = |path: &Path| fs::metadata(path).unwrap().modified().unwrap();
        let small = other.join("debug/deps/polars.d");
        assert_eq!(date(&small), date(&warm.join("debug/deps/polars.d")));
        fs::write(&small, "new").unwrap();
        assert_eq!(fs::read_to_string(warm.join("debug/deps/polars.d")).unwrap(), "old");

        let large = fs::metadata(other.join("debug/deps/libpolars.rlib")).unwrap();
        assert_eq!(large.nlink(), 2);
        assert!(!other.join("debug/deps/libctx.so").exists());
        assert!(!other.join("debug/incremental").exists());
    }

    #[test]
    fn without_a_warm_build_the_twin_is_empty() {
        let folder = tempfile::tempdir().unwrap();
        let other = folder.path().join("other");
        begin(&folder.path().join("none"), &other).unwrap();
        complete(&folder.path().join("none"), &other, &AtomicBool::new(false)).unwrap();
        assert_eq!(fs::read_dir(other).unwrap().count(), 0);
    }
}

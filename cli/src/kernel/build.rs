//! A kernel's own build folder, begun as a twin of the warm one.
//!
//! With one folder for all, kernels would wait for each other's builds, and worse: cargo knows a cell's
//! crate by its name and version alone, so that one kernel could take another's cell for its own,
//! finished already. A twin costs a tenth of a second and no disk: large files, which compilers replace
//! and never change, are the same files under a second name; small ones, which cargo rewrites in place,
//! are copied.

use std::fs::{self, File, FileTimes};
use std::io;
use std::path::{Path, PathBuf};

/// Files from this size on are linked.
const LARGE: u64 = 64 * 1024;

/// Makes `twin` a build folder that cargo finds as finished as `warm`. Where there is no warm build, the
/// twin is empty and the kernel's first cell compiles everything.
pub fn twin(warm: &Path, twin: &Path) -> io::Result<()> {
    fs::create_dir_all(twin)?;
    if warm.is_dir() { copy_folder(warm, twin) } else { Ok(()) }
}

/// Where the shared libraries of a build folder are, for a platform.
pub fn libraries(folder: &Path, host: &str) -> PathBuf {
    folder.join(host).join("debug").join("deps")
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        if is_of_a_cell(&name.to_string_lossy()) {
            continue;
        }
        let (source, target) = (entry.path(), to.join(&name));
        let kind = entry.file_type()?;
        if kind.is_dir() {
            fs::create_dir_all(&target)?;
            copy_folder(&source, &target)?;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(&source)?, &target)?;
        } else {
            copy_file(&source, &target)?;
        }
    }
    Ok(())
}

/// The warm build's own cell, and what speeds up recompiling it and the library, serve no other crate.
fn is_of_a_cell(name: &str) -> bool {
    name == "incremental"
        || name == ".cargo-lock"
        || name.starts_with("ctx")
        || name.starts_with("libctx")
}

/// Copies keep their date: cargo compares dates to see what is current.
fn copy_file(source: &Path, target: &Path) -> io::Result<()> {
    let metadata = fs::metadata(source)?;
    // Another disk, or a file system without links: a copy is slower, and as good.
    if metadata.len() >= LARGE && fs::hard_link(source, target).is_ok() {
        return Ok(());
    }
    fs::copy(source, target)?;
    File::options().write(true).open(target)?.set_times(
        FileTimes::new().set_modified(metadata.modified()?).set_accessed(metadata.modified()?),
    )
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
        fs::write(warm.join("debug/deps/libctx.so"), "cell").unwrap();
        twin(&warm, &other).unwrap();

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
        twin(&folder.path().join("none"), &other).unwrap();
        assert_eq!(fs::read_dir(other).unwrap().count(), 0);
    }
}

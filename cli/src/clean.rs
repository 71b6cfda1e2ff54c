//! `lab clean`: removes what was stored outside the checkout's own target folder.

use std::path::Path;
use std::process::ExitCode;

use crate::arguments::CleanOptions;
use crate::failure::{Failure, Result};
use crate::files;
use crate::kernel::home;
use crate::setup::sources;
use crate::workspace::Workspace;

/// `lab clean`
pub fn command(workspace: &Workspace, options: &CleanOptions) -> Result<ExitCode> {
    refuse_while_in_use(workspace)?;
    let cache = workspace.cache();
    let mut folders = vec![
        workspace.kernels(),
        workspace.notebook_build(),
        cache.join("warm"),
        cache.join("shim"),
        workspace.peers(),
        sources::folder(workspace),
        workspace.stamps(),
    ];
    if options.all {
        folders.extend([cache.join("python"), workspace.embedded_data()]);
    }
    for folder in folders {
        remove(workspace, &folder)?;
    }
    println!("`cargo lab run` sets up again what is missing");
    Ok(ExitCode::SUCCESS)
}

/// Taking the build away under a running kernel would break its next cell.
fn refuse_while_in_use(workspace: &Workspace) -> Result<()> {
    let running = files::sorted_entries(&workspace.kernels())
        .unwrap_or_default()
        .iter()
        .filter(|folder| home::is_alive(folder))
        .count();
    if running == 0 {
        return Ok(());
    }
    Err(Failure::usage(format!("{running} kernels are running and use what would be removed"))
        .fix("shut them down first"))
}

fn remove(workspace: &Workspace, folder: &Path) -> Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    std::fs::remove_dir_all(folder).map_err(|error| Failure::io("remove", folder, &error))?;
    println!("removed {}", workspace.display(folder));
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// What is left in a cache with everything in it.
    fn left(all: bool) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let (root, cache) = (folder.path().join("root"), folder.path().join("cache"));
        for name in [
            "embedded",
            "kernels",
            "notebook-build",
            "peers",
            "python",
            "shim",
            "sources",
            "theirs",
            "warm",
        ] {
            std::fs::create_dir_all(cache.join(name).join("inside")).unwrap();
        }
        std::fs::remove_dir(cache.join("kernels/inside")).unwrap();
        command(&Workspace::at(&root, &cache), &CleanOptions { all }).unwrap();
        let name =
            |path: &std::path::PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
        files::sorted_entries(&cache).unwrap().iter().map(name).collect()
    }

    #[test]
    fn every_step_of_the_set_up_is_taken_back_and_nothing_else() {
        assert_eq!(left(false), ["embedded", "python", "theirs"]);
        assert_eq!(left(true), ["theirs"]);
    }
}

//! What was measured, and on what.

use std::fs;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::process;
use crate::setup::toolchain::Toolchain;
use crate::workspace::Workspace;

const LIMIT: Duration = Duration::from_secs(10);

/// The machine as times depend on it. What cannot be found out is left open.
pub fn machine() -> Value {
    json!({
        "cores": std::thread::available_parallelism().map(usize::from).ok(),
        "cpu": value_in("/proc/cpuinfo", "model name", ':'),
        "memory_bytes": value_in("/proc/meminfo", "MemTotal", ':').and_then(|text| bytes(&text)),
        "os": operating_system(),
        "load": load(),
    })
}

/// The average number of busy processes in the last minute: what else the machine was doing.
pub fn load() -> Option<f64> {
    let text = fs::read_to_string("/proc/loadavg").ok()?;
    text.split_whitespace().next()?.parse().ok()
}

/// The versions that times depend on.
pub fn versions(workspace: &Workspace, toolchain: &Toolchain) -> Value {
    let rustc = toolchain.version().ok();
    let lock = fs::read_to_string(workspace.root().join("Cargo.lock")).unwrap_or_default();
    json!({
        "latentlab": env!("CARGO_PKG_VERSION"),
        "evcxr": locked_version(&lock, "evcxr"),
        "rustc": rustc.as_deref().and_then(|text| text.lines().next()),
        "git": revision(workspace),
    })
}

fn operating_system() -> String {
    let name = value_in("/etc/os-release", "PRETTY_NAME", '=');
    let name = name.map(|name| name.trim_matches('"').to_owned());
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!(
        "{} {} {}",
        name.as_deref().unwrap_or(std::env::consts::OS),
        std::env::consts::ARCH,
        release.trim()
    )
    .trim()
    .to_owned()
}

/// What follows a key in a file of `key separator value` lines.
fn value_in(file: &str, key: &str, separator: char) -> Option<String> {
    value_of(&fs::read_to_string(file).ok()?, key, separator)
}

fn value_of(text: &str, key: &str, separator: char) -> Option<String> {
    text.lines()
        .filter_map(|line| line.split_once(separator))
        .find(|(name, _)| name.trim() == key)
        .map(|(_, value)| value.trim().to_owned())
}

fn bytes(text: &str) -> Option<u64> {
    text.strip_suffix("kB")?.trim().parse::<u64>().ok().map(|number| number * 1024)
}

fn locked_version(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name).skip(1);
    value_of(lines.next()?, "version", '=').map(|text| text.trim_matches('"').to_owned())
}

/// The commit, marked when files differ from it; nothing outside a git checkout.
fn revision(workspace: &Workspace) -> Option<String> {
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.arg("-C").arg(workspace.root()).args(arguments);
        process::run(&mut command, LIMIT).ok().filter(|finished| finished.status.success())
    };
    let commit = git(&["rev-parse", "--short=12", "HEAD"])?.stdout.trim().to_owned();
    let changed = git(&["status", "--porcelain", "--untracked-files=no"])
        .is_some_and(|finished| !finished.stdout.trim().is_empty());
    Some(if changed { format!("{commit} with changes") } else { commit })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_that_of_the_package_itself() {
        let lock = "[[package]]\nname = \"evcxr_input\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"evcxr\"\nversion = \"0.22.0\"\n";
        assert_eq!(locked_version(lock, "evcxr").as_deref(), Some("0.22.0"));
        assert_eq!(locked_version(lock, "evc"), None);
    }

    #[test]
    fn values_are_found_by_their_whole_key() {
        let text = "model\t\t: 17\nmodel name\t: A: B\n";
        assert_eq!(value_of(text, "model name", ':').as_deref(), Some("A: B"));
        assert_eq!(bytes("1024 kB"), Some(1_048_576));
    }
}

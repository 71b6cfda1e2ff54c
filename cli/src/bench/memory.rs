//! The memory of a kernel: of its first process and everything below it, by role.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::kernel::engine::CONTROL_FILE;
use crate::kernel::relay::RELAYED_VARIABLE;
use crate::process::tree;

/// Bytes by role. A page that several processes share is divided among them (PSS), so that the roles add up; where
/// the system does not tell that, a role says that it counts whole pages. Empty where there is no /proc.
pub fn by_role(root: u32) -> BTreeMap<String, u64> {
    let mut roles = BTreeMap::new();
    for process in tree(root) {
        let folder = PathBuf::from(format!("/proc/{process}"));
        let role = role(&folder);
        if let Some(bytes) = proportional(&folder) {
            *roles.entry(role).or_default() += bytes;
        } else if let Some(bytes) = resident(&folder) {
            *roles.entry(format!("{role} (resident)")).or_default() += bytes;
        }
    }
    roles
}

fn proportional(folder: &Path) -> Option<u64> {
    kilobytes(&fs::read_to_string(folder.join("smaps_rollup")).ok()?, "Pss:")
}

fn resident(folder: &Path) -> Option<u64> {
    kilobytes(&fs::read_to_string(folder.join("status")).ok()?, "VmRSS:")
}

fn kilobytes(text: &str, label: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(label))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|number| number * 1024)
}

/// What a process does in the kernel; the name of its program where that is not known.
fn role(folder: &Path) -> String {
    let read = |name: &str| fs::read(folder.join(name)).unwrap_or_default();
    let (arguments, variables) = (read("cmdline"), read("environ"));
    let name = String::from_utf8_lossy(&read("comm")).trim().to_owned();
    known_role(&arguments, &variables).map_or(name, str::to_owned)
}

fn known_role(arguments: &[u8], variables: &[u8]) -> Option<&'static str> {
    let arguments: Vec<&[u8]> = arguments.split(|byte| *byte == 0).collect();
    let has = |name: &str| {
        variables
            .split(|byte| *byte == 0)
            .any(|one| one.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.starts_with(b"=")))
    };
    if has("EVCXR_IS_RUNTIME") {
        return Some(if has(RELAYED_VARIABLE) { "runtime" } else { "relay" });
    }
    if arguments.contains(&CONTROL_FILE.as_bytes()) {
        return Some("engine");
    }
    let is_start = arguments.windows(2).any(|pair| pair == [b"kernel".as_slice(), b"start"]);
    is_start.then_some("proxy")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_told_by_arguments_and_variables() {
        let role = |arguments: &str, variables: &str| {
            known_role(arguments.as_bytes(), variables.as_bytes())
        };
        assert_eq!(role("lab\0kernel\0start\0-f\0x\0", "HOME=/\0"), Some("proxy"));
        assert_eq!(role("lab\0--control_file\0x\0", "LATENTLAB_RELAYED=1\0"), Some("engine"));
        assert_eq!(role("lab\0", "EVCXR_IS_RUNTIME=1\0"), Some("relay"));
        assert_eq!(role("lab\0", "EVCXR_IS_RUNTIME=1\0LATENTLAB_RELAYED=1\0"), Some("runtime"));
        assert_eq!(role("sleep\x001\0", "HOME=/\0"), None);
    }

    #[test]
    fn sizes_are_read_in_kilobytes() {
        assert_eq!(kilobytes("Rss: 9 kB\nPss:     3 kB\nPss_Dirty: 1 kB\n", "Pss:"), Some(3072));
        assert_eq!(kilobytes("", "Pss:"), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_child_counts_with_its_parent() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let found = tree(std::process::id());
        // A process that has just been made still runs our own program, and has its name a moment later.
        let bytes: u64 = by_role(child.id()).values().sum();
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(found.contains(&child.id()));
        assert!(bytes > 0);
    }
}

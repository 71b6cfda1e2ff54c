//! Whether the system has ended processes because memory ran out.

/// How often that has happened so far, where the system counts it.
pub fn kills() -> Option<u64> {
    let group = std::fs::read_to_string("/sys/fs/cgroup/memory.events").ok();
    let system = std::fs::read_to_string("/proc/vmstat").ok();
    let counts: Vec<u64> =
        [group, system].iter().flatten().filter_map(|text| count(text)).collect();
    (!counts.is_empty()).then(|| counts.iter().sum())
}

fn count(text: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix("oom_kill ")?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_files_have_the_same_form() {
        assert_eq!(count("low 0\noom 3\noom_kill 2\noom_group_kill 0\n"), Some(2));
        assert_eq!(count("pgfault 1\n"), None);
    }
}

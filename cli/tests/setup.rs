//! The set-up on machines where something is wrong: one sentence, the way out, and exit code 3.

mod common;

use common::{fails_with, lab};

/// What a Python of version 3.11 without any packages says about itself.
const BARE_PYTHON: &str = r#"{"version":[3,11,2],"bits":64,"prefix":"/usr","can_make_environments":true,"torch":null,"torch_folder":null,"jupyterlab":null,"typst":null}"#;

/// Sets up with a shell script in the place of Python, which must fail with certain words.
fn fails_with_python(script: &str, words: &[&str]) {
    let cache = tempfile::tempdir().expect("a folder");
    let fake = common::script(cache.path(), "python3", script);
    let mut command = lab();
    command.arg("setup").env("LATENTLAB_CACHE", cache.path()).env("LATENTLAB_PYTHON", &fake);
    fails_with(command, 3, words);
}

#[test]
fn a_program_that_is_not_python() {
    fails_with_python("echo I am a parrot", &["I am a parrot", "fix:", "install Python"]);
}

#[test]
fn a_python_that_is_too_old() {
    let old = BARE_PYTHON.replace("[3,11,2]", "[3,8,1]");
    fails_with_python(&format!("echo '{old}'"), &["it is 3.8", "fix:"]);
}

#[test]
fn a_python_that_cannot_make_environments() {
    let bare = BARE_PYTHON.replace("environments\":true", "environments\":false");
    fails_with_python(&format!("echo '{bare}'"), &["lacks venv", "python3-venv"]);
}

#[test]
fn a_python_whose_installation_breaks_off() {
    let script = format!(
        "case \"$*\" in *-m*venv*) echo 'OSError: [Errno 28] No space left on device' >&2; exit 1;; *) echo '{BARE_PYTHON}';; esac"
    );
    let words = ["making the Python environment failed", "No space left", "free some disk"];
    fails_with_python(&script, &words);
}

/// An interpreter that hangs is given up after half a minute.
#[test]
fn a_python_that_never_answers() {
    fails_with_python("exec sleep 3600", &["did not answer within", "fix:"]);
}

#[test]
fn no_python_at_all() {
    let cache = tempfile::tempdir().expect("a folder");
    let empty = tempfile::tempdir().expect("a folder");
    let mut command = lab();
    common::keep_toolchain(&mut command);
    command.arg("setup").env("LATENTLAB_CACHE", cache.path()).env("PATH", empty.path());
    fails_with(command, 3, &["no Python 3.10 to 3.14", "found none on the PATH", "fix:"]);
}

#[test]
fn no_cxx_compiler() {
    let mut command = lab();
    command.arg("setup").env("CXX", "/nonexistent/c++");
    fails_with(command, 3, &["no working C++ compiler", "/nonexistent/c++", "apt-get install g++"]);
}

#[test]
fn a_libtorch_of_another_version() {
    let folder = tempfile::tempdir().expect("a folder");
    let library = if cfg!(target_os = "macos") { "libtorch_cpu.dylib" } else { "libtorch_cpu.so" };
    std::fs::create_dir(folder.path().join("lib")).expect("a folder");
    std::fs::write(folder.path().join("lib").join(library), "").expect("a file");
    std::fs::write(folder.path().join("version.py"), "__version__ = '2.4.1+cpu'\n")
        .expect("a file");
    let mut command = lab();
    command.arg("setup").env("LIBTORCH", folder.path());
    fails_with(command, 3, &["libtorch 2.4.1+cpu", "needs 2.11.0", "unset LIBTORCH"]);
}

#[test]
fn a_libtorch_that_is_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = lab();
    command.arg("setup").env("LIBTORCH", folder.path());
    fails_with(command, 3, &["is not a libtorch", "unset LIBTORCH"]);
}

/// Root may write anywhere, so permission is taken away by the kernel itself: nothing can be created
/// in /sys.
#[cfg(target_os = "linux")]
#[test]
fn a_cache_that_cannot_be_written() {
    let mut command = lab();
    command.arg("setup").env("LATENTLAB_CACHE", "/sys/latentlab");
    fails_with(
        command,
        3,
        &["cannot create /sys/latentlab", "LATENTLAB_CACHE to a folder that is"],
    );
}

#[test]
fn an_active_environment_that_does_not_fit_is_passed_over() {
    let prefix = tempfile::tempdir().expect("a folder");
    let cache = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(prefix.path().join("bin")).expect("a folder");
    let answer = BARE_PYTHON.replace("\"torch\":null", "\"torch\":\"2.4.1\"");
    common::script(&prefix.path().join("bin"), "python", &format!("echo '{answer}'"));
    let broken = common::script(cache.path(), "python3", "exit 1");
    let mut command = lab();
    command
        .arg("setup")
        .env("VIRTUAL_ENV", prefix.path())
        .env("LATENTLAB_CACHE", cache.path())
        .env("LATENTLAB_PYTHON", &broken);
    fails_with(
        command,
        3,
        &["does not fit: its torch is 2.4.1, not 2.11.0", "using the project's own"],
    );
}

#[test]
fn the_doctor_finds_fault_and_changes_nothing() {
    let cache = tempfile::tempdir().expect("a folder");
    let mut command = lab();
    command.args(["doctor", "--json"]).env("LATENTLAB_CACHE", cache.path());
    let output = command.output().expect("the doctor runs");
    assert_eq!(output.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["ok"], false);
    for field in ["python", "libtorch", "kernelspec", "device"] {
        assert!(report[field].is_string(), "{field}: {report}");
    }
    let checks = report["checks"].as_array().expect("checks");
    let bad: Vec<_> = checks.iter().filter(|check| check["ok"] == false).collect();
    assert!(!bad.is_empty() && bad.iter().all(|check| check["fix"].is_string()), "{report}");
    assert!(std::fs::read_dir(cache.path()).expect("a folder").next().is_none());
}

#[test]
fn unknown_commands_are_a_usage_error() {
    let mut command = lab();
    command.arg("frobnicate");
    fails_with(command, 2, &["frobnicate"]);
}

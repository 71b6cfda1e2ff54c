//! `lab bench glasso` on a small problem, and on a machine that cannot fetch the other libraries.

mod common;

use common::{both, fails_with, lab, python};
use serde_json::Value;

#[test]
fn a_small_problem_is_measured_beside_scikit_learn() {
    let arguments = ["bench", "glasso", "--only", "returns", "--largest", "20", "--json"];
    let output = lab().args(arguments).output().expect("lab starts");
    assert!(output.status.success(), "{}", both(&output));
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let problems = report["problems"].as_array().expect("problems");
    assert_eq!(problems.len(), 1, "{report}");
    let ours = &problems[0]["ours"];
    assert!(ours["seconds"].as_f64().is_some_and(|seconds| seconds > 0.0), "{report}");
    // 1e-5 for each of 20 variables.
    assert!(ours["gap"].as_f64().is_some_and(|gap| gap <= 2e-4), "{report}");
    let theirs = &problems[0]["peers"]["scikit-learn"];
    assert!(theirs["gap"].as_f64().is_some_and(|gap| gap <= 2e-4), "{report}");
    assert!(report["machine"]["cores"].is_u64(), "{report}");
}

#[test]
fn libraries_that_cannot_be_fetched_are_one_sentence() {
    let environment = python();
    let environment = environment.parent().and_then(|bin| bin.parent()).expect("an environment");
    let cache = tempfile::tempdir().expect("a folder");
    let mut command = lab();
    command
        .args(["bench", "glasso"])
        .env("VIRTUAL_ENV", environment)
        .env("LATENTLAB_CACHE", cache.path())
        .env("PIP_INDEX_URL", "http://127.0.0.1:9")
        .env("PIP_RETRIES", "0")
        .env_remove("PIP_EXTRA_INDEX_URL");
    fails_with(command, 3, &["requirements-glasso.txt", "failed"]);
}

//! `lab doctor`: looks at everything the notebooks need, changes nothing, and says what to do.

mod checks;
mod gpu;

use std::process::ExitCode;

use console::style;
use serde::Serialize;
use serde_json::json;

use crate::arguments::DoctorOptions;
use crate::failure::{Failure, Result};
use crate::workspace::Workspace;

/// One finding.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    pub name: &'static str,
    pub ok: bool,
    pub detail: String,
    pub fix: Option<String>,
}

impl Check {
    fn good(name: &'static str, detail: impl Into<String>) -> Self {
        Self { name, ok: true, detail: detail.into(), fix: None }
    }

    fn bad(name: &'static str, detail: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { name, ok: false, detail: detail.into(), fix: Some(fix.into()) }
    }

    fn from_failure(name: &'static str, failure: &Failure) -> Self {
        Self {
            name,
            ok: false,
            detail: failure.what().to_owned(),
            fix: failure.remedy().map(str::to_owned),
        }
    }
}

/// `lab doctor`
pub fn command(workspace: &Workspace, options: &DoctorOptions) -> Result<ExitCode> {
    let checks = checks::all(workspace);
    if options.json {
        println!("{:#}", report(&checks));
    } else {
        print(&checks);
    }
    Ok(if checks.iter().all(|check| check.ok) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The machine-readable form. The four fields beside `checks` are what programs ask for most.
fn report(checks: &[Check]) -> serde_json::Value {
    let detail =
        |name: &str| checks.iter().find(|check| check.name == name).map(|check| &check.detail);
    json!({
        "ok": checks.iter().all(|check| check.ok),
        "python": detail("python"),
        "libtorch": detail("libtorch"),
        "kernelspec": detail("kernelspec"),
        "device": detail("device"),
        "checks": checks,
    })
}

fn print(checks: &[Check]) {
    for check in checks {
        let mark = if check.ok { style("✓").green() } else { style("✗").red() };
        println!("{mark} {:<15} {}", check.name, check.detail);
        if let Some(fix) = check.fix.as_ref().filter(|_| !check.ok) {
            println!("  {:<15} {} {fix}", "", style("fix:").green());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bad_finding_makes_the_whole_bad() {
        let good = Check::good("python", "3.11");
        let bad = Check::bad("device", "no driver", "install one");
        assert_eq!(report(std::slice::from_ref(&good))["ok"], true);
        let both = report(&[good, bad]);
        assert_eq!(both["ok"], false);
        assert_eq!(both["python"], "3.11");
        assert_eq!(both["checks"][1]["fix"], "install one");
    }
}

//! `lab bench glasso`: the graphical lasso beside other libraries, by `benches/peers/glasso.py`.

use std::path::Path;
use std::process::{Command, ExitCode};

use clap::ValueEnum;
use console::style;
use serde_json::{Value, json};

use crate::arguments::GlassoOptions;
use crate::failure::Result;
use crate::setup;
use crate::workspace::Workspace;

use super::table::Table;
use super::{machine, peers, side_by_side};

/// The other libraries, in the order of the table.
const PEERS: [&str; 4] = ["scikit-learn", "GGLasso", "R glasso", "R huge"];

/// What is solved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Correlations of returns with five factors, 20 to 1000 variables.
    Returns,
    /// Correlations of sparse networks, 500 to 5000 variables.
    Network,
    /// A path of penalties with cross-validation, 100 variables.
    Path,
}

/// `lab bench glasso`
pub fn command(workspace: &Workspace, options: &GlassoOptions) -> Result<ExitCode> {
    let environment = setup::ensure_library(workspace)?;
    let python = peers::ensure(workspace, &environment.python, "glasso")?;
    let binary = side_by_side::build_example(workspace, &environment, "glasso")?;
    let before = machine::machine();
    let (missing, rows) = measure(workspace, options, &python, &binary)?;
    let versions = machine::versions(workspace, &environment.toolchain);
    if options.json {
        let report = json!({
            "machine": before, "load_at_end": machine::load(), "versions": versions,
            "missing": missing, "limit_seconds": options.limit, "problems": rows,
        });
        println!("{report}");
    } else {
        print!("{}", table(&rows).render());
        println!("\n{}", side_by_side::conditions(&before, &versions));
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs the script to its end, and tells of each problem as it is done.
fn measure(
    workspace: &Workspace,
    options: &GlassoOptions,
    python: &Path,
    binary: &Path,
) -> Result<(Value, Vec<Value>)> {
    let names = options.only.iter().filter_map(Kind::to_possible_value);
    let names: Vec<String> = names.map(|kind| kind.get_name().to_owned()).collect();
    let mut script = Command::new(python);
    script
        .arg(workspace.root().join("benches/peers/glasso.py"))
        .arg("--binary")
        .arg(binary)
        .args(["--only", &names.join(",")])
        .args(["--largest", &options.largest.to_string(), "--limit", &options.limit.to_string()]);
    let (mut missing, mut rows) = (Value::Null, Vec::new());
    side_by_side::run(script, |message| {
        if let Some(reasons) = message["missing"].as_object() {
            for (name, why) in reasons {
                let why = why.as_str().unwrap_or_default();
                eprintln!("{} {name} is left out: {why}", style("!").yellow());
            }
            missing = message["missing"].clone();
        } else {
            eprintln!("{} {}", style("✓").green(), entries(&message).join("  "));
            rows.push(message);
        }
    })?;
    Ok((missing, rows))
}

fn table(rows: &[Value]) -> Table {
    let mut table = Table::default();
    let titles = ["problem", "p", "alpha", "ours", "edges", "blocks", "peak memory"];
    table.row(titles.into_iter().chain(PEERS).map(str::to_owned).collect());
    rows.iter().for_each(|row| table.row(entries(row)));
    table
}

/// One problem: ours in seconds, the others with how many times as long they take.
fn entries(row: &Value) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let ours = &row["ours"];
    let seconds = ours["seconds"].as_f64();
    let memory = ours["peak_mb"].as_f64().zip(ours["matrix_mb"].as_f64());
    let memory = memory.map(|(peak, matrix)| match matrix {
        small if small < 1.0 => format!("{peak:.0} MB"),
        _ => format!("{peak:.0} MB, {:.1} times S", peak / matrix),
    });
    let own = [
        text(&row["problem"]),
        text(&row["order"]),
        text(&row["alpha"]),
        seconds.map_or("–".into(), shown),
        text(&ours["edges"]),
        text(&ours["parts"]),
        memory.unwrap_or_else(|| "–".into()),
    ];
    let others = PEERS.iter().map(|name| {
        let peer = &row["peers"][name];
        match (peer["seconds"].as_f64(), seconds) {
            (Some(theirs), Some(ours)) => format!("{} ({:.1}×)", shown(theirs), theirs / ours),
            _ => text(&peer["note"]),
        }
    });
    own.into_iter().chain(others).collect()
}

/// Three digits.
fn shown(seconds: f64) -> String {
    let digits = (2 - seconds.max(1e-9).log10().floor() as i32).clamp(0, 6) as usize;
    format!("{seconds:.digits$} s")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_times_ratios_and_reasons() {
        let row = json!({
            "problem": "returns", "order": 100, "alpha": 0.1,
            "ours": {"seconds": 0.004, "edges": 1234, "parts": 1, "peak_mb": 12, "matrix_mb": 1.5},
            "peers": {"scikit-learn": {"seconds": 1.05}, "R huge": {"note": "never reached the gap"}},
        });
        let expected = [
            "returns",
            "100",
            "0.1",
            "0.00400 s",
            "1234",
            "1",
            "12 MB, 8.0 times S",
            "1.05 s (262.5×)",
            "–",
            "–",
            "never reached the gap",
        ];
        assert_eq!(entries(&row), expected);
        assert_eq!(table(&[row]).render().lines().count(), 2);
    }

    #[test]
    fn a_path_has_no_single_penalty() {
        let row = json!({"problem": "path", "order": 100, "alpha": null, "ours": {"seconds": 12.0}, "peers": {}});
        assert_eq!(entries(&row)[..7], ["path", "100", "–", "12.0 s", "–", "–", "–"]);
        assert_eq!(shown(0.0), "0.000000 s");
        assert_eq!(shown(123.4), "123 s");
    }
}

//! `lab bench train`: training beside PyTorch, by `benches/peers/train.py`.

use std::process::{Command, ExitCode};

use console::style;
use serde_json::{Value, json};

use crate::arguments::TrainOptions;
use crate::failure::Result;
use crate::setup;
use crate::workspace::Workspace;

use super::table::Table;
use super::{machine, side_by_side};

/// `lab bench train`
pub fn command(workspace: &Workspace, options: &TrainOptions) -> Result<ExitCode> {
    let environment = setup::ensure_library(workspace)?;
    let binary = side_by_side::build_example(workspace, &environment, "train")?;
    let before = machine::machine();
    let mut script = Command::new(&environment.python.interpreter);
    script
        .arg(workspace.root().join("benches/peers/train.py"))
        .arg("--binary")
        .arg(binary)
        .args(["--rounds", &options.rounds.to_string(), "--steps", &options.steps.to_string()])
        .arg("--batches")
        .args(options.batches.iter().map(u32::to_string));
    if let Some(threads) = options.threads {
        script.args(["--threads", &threads.to_string()]);
    }
    let mut rows = Vec::new();
    side_by_side::run(script, |message| {
        match message["note"].as_str() {
            Some(note) => eprintln!("{} {note}", style("!").yellow()),
            None => rows.push(message),
        };
    })?;
    let versions = machine::versions(workspace, &environment.toolchain);
    if options.json {
        let report = json!({
            "machine": before, "load_at_end": machine::load(), "versions": versions, "work": rows,
        });
        println!("{report}");
    } else {
        let mut table = Table::default();
        table.row(["work", "with", "", "latentlab is"].map(str::to_owned).to_vec());
        rows.iter().for_each(|row| table.row(entries(row)));
        print!("{}", table.render());
        println!("\n{}", side_by_side::conditions(&before, &versions));
    }
    Ok(ExitCode::SUCCESS)
}

/// One kind of work by one library, with how many times as fast ours does it.
fn entries(row: &Value) -> Vec<String> {
    let text = |key: &str| row[key].as_str().unwrap_or("–").to_owned();
    let value = row["value"].as_f64().unwrap_or(f64::NAN);
    let ratio = row["ratio"].as_f64().map_or(String::new(), |ratio| format!("{ratio:.2}× as fast"));
    vec![text("work"), text("with"), format!("{value:.1} {}", text("unit")), ratio]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_its_unit_and_ratio() {
        let peer = json!({"work": "faces, batch 64", "with": "eager", "value": 295.04, "unit": "images/s", "ratio": 1.843});
        assert_eq!(entries(&peer), ["faces, batch 64", "eager", "295.0 images/s", "1.84× as fast"]);
        let ours = json!({"work": "trader", "with": "latentlab", "value": 30.0, "unit": "µs a step", "ratio": null});
        assert_eq!(entries(&ours)[3], "");
    }
}

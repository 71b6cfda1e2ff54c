//! What `lab bench cells` says at the end.

use console::{style, truncate_str};
use serde_json::{Value, json};

use crate::failure::Failure;

use super::machine;
use super::results::{Measure, Part, Results, Subject};
use super::rounds::Plan;
use super::table::Table;

/// Longer names are cut.
const NAME_WIDTH: usize = 56;

/// How the measuring ended.
pub enum Ending {
    Complete,
    Interrupted,
    Broken(Failure),
}

/// Everything there is to tell.
pub struct Report<'a> {
    pub plan: &'a Plan,
    pub results: &'a Results,
    pub ending: &'a Ending,
    pub machine: Value,
    pub versions: Value,
}

impl Report<'_> {
    pub fn ok(&self) -> bool {
        matches!(self.ending, Ending::Complete) && self.results.failures().is_empty()
    }

    pub fn json(&self) -> Value {
        let error = match self.ending {
            Ending::Broken(failure) => {
                json!({ "message": failure.what(), "fix": failure.remedy() })
            }
            Ending::Complete | Ending::Interrupted => Value::Null,
        };
        json!({
            "ok": self.ok(),
            "interrupted": matches!(self.ending, Ending::Interrupted),
            "error": error,
            "failures": self.results.failures(),
            "notebook": self.plan.notebook,
            "repeat": self.plan.repeat,
            "idle_seconds": self.plan.idle.as_secs(),
            "machine": self.machine,
            "load_at_end": machine::load(),
            "versions": self.versions,
            "measures": self.results.json(),
        })
    }

    pub fn print(&self) {
        print!("{}", table(self.results).render());
        self.print_ratios();
        println!("{}", self.conditions());
        for failure in self.results.failures() {
            println!("{} {failure}", style("✗").red());
        }
        match self.ending {
            Ending::Complete => {}
            Ending::Interrupted => {
                println!("{} interrupted; this is what there is", style("✗").red())
            }
            Ending::Broken(failure) => failure.print(),
        }
    }

    fn print_ratios(&self) {
        for other in [Subject::Stock, Subject::StockWithLibrary] {
            let ratios = self.results.ratios(Part::Script, other);
            if let (Some(middle), Some(p95), Some(largest)) =
                (ratios.quantile(0.5), ratios.quantile(0.95), ratios.quantile(1.0))
            {
                println!(
                    "\nours / {}, cell by cell: median {middle:.2}, p95 {p95:.2}, largest {largest:.2}",
                    other.title()
                );
            }
        }
    }

    /// Without these a time says nothing.
    fn conditions(&self) -> String {
        let text = |of: &Value, key: &str| match &of[key] {
            Value::String(text) => text.clone(),
            Value::Null => "unknown".into(),
            other => other.to_string(),
        };
        let (machine, versions) = (&self.machine, &self.versions);
        format!(
            "{} × {}, {}; load {} before, {} after; {}, evcxr {}, latentlab {} ({}); repeats: {}",
            text(machine, "cores"),
            text(machine, "cpu"),
            text(machine, "os"),
            text(machine, "load"),
            machine::load().map_or("unknown".into(), |load| load.to_string()),
            text(versions, "rustc"),
            text(versions, "evcxr"),
            text(versions, "latentlab"),
            text(versions, "git"),
            self.plan.repeat
        )
    }
}

/// What, then median and p95 of each kernel, then how many times as long ours takes as stock.
fn table(results: &Results) -> Table {
    let subjects: Vec<Subject> = [Subject::Ours, Subject::Stock, Subject::StockWithLibrary]
        .into_iter()
        .filter(|subject| *subject != Subject::StockWithLibrary || results.has(*subject))
        .collect();
    let mut table = Table::default();
    let titles = subjects.iter().flat_map(|one| [one.title().to_owned(), "p95".to_owned()]);
    let all = std::iter::once("median and p95".to_owned()).chain(titles);
    table.row(all.chain(["ours / stock".to_owned()]).collect());
    for part in Part::ALL.into_iter().filter(|part| results.of(*part).next().is_some()) {
        table.heading(format!("\n{}", style(part.title()).bold()));
        for measure in results.of(part) {
            table.row(entries(measure, &subjects));
        }
        if matches!(part, Part::Script | Part::Notebook) {
            table.row(entries(&results.pooled(part, "all of them, pooled"), &subjects));
        }
    }
    table
}

fn entries(measure: &Measure, subjects: &[Subject]) -> Vec<String> {
    let shown = |value: Option<f64>| match (value, measure.part) {
        (None, _) => "–".to_owned(),
        (Some(bytes), Part::Memory) => format!("{:.0} MB", bytes / 1e6),
        (Some(seconds), _) => format!("{seconds:.3} s"),
    };
    let name = format!("  {}", truncate_str(&measure.name, NAME_WIDTH, "…"));
    let values = subjects
        .iter()
        .flat_map(|subject| [shown(measure.median(*subject)), shown(measure.p95(*subject))]);
    let ratio =
        measure.ratio(Subject::Stock).map_or("–".to_owned(), |ratio| format!("{ratio:.2}"));
    std::iter::once(name).chain(values).chain([ratio]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_complete_run_without_failures_is_well() {
        let plan = Plan {
            notebook: "a.ipynb".into(),
            notebook_cells: Vec::new(),
            script: Vec::new(),
            repeat: 1,
            idle: std::time::Duration::ZERO,
        };
        let ok = |ending: &Ending, results: &Results| {
            let (machine, versions) = (Value::Null, Value::Null);
            let report = Report { plan: &plan, results, ending, machine, versions };
            assert_eq!(report.json()["ok"], json!(report.ok()));
            report.ok()
        };
        let mut results = Results::default();
        assert!(ok(&Ending::Complete, &results));
        assert!(!ok(&Ending::Interrupted, &results));
        assert!(!ok(&Ending::Broken(Failure::setup("the kernel is gone")), &results));
        results.fail("stock: a cell".to_owned());
        assert!(!ok(&Ending::Complete, &results));
    }

    #[test]
    fn the_table_says_what_ours_stock_and_the_ratio_are() {
        let mut results = Results::default();
        results.add(Part::Start, "start", Subject::Ours, 3.0);
        results.add(Part::Start, "start", Subject::Stock, 1.5);
        results.add(Part::Start, "library", Subject::Ours, 0.25);
        results.add(Part::Memory, "engine", Subject::Ours, 4.0e8);
        let text = console::strip_ansi_codes(&table(&results).render()).into_owned();
        let rows: Vec<Vec<&str>> =
            text.lines().map(|line| line.split_whitespace().collect()).collect();
        assert!(rows.contains(&"start 3.000 s 3.000 s 1.500 s 1.500 s 2.00".split(' ').collect()));
        assert!(rows.contains(&"library 0.250 s 0.250 s – – –".split(' ').collect()), "{text}");
        assert!(rows.contains(&"engine 400 MB 400 MB – – –".split(' ').collect()), "{text}");
        assert!(!text.contains("library  ours"), "no column for a kernel that did not run: {text}");
        assert!(!text.contains(Subject::StockWithLibrary.title()));
    }
}

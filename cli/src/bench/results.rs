//! Everything that was measured, by kernel.

use serde_json::{Value, json};

use super::quantile::{median, p95, quantile};

/// A kernel that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// This project's kernel, with the library loaded.
    Ours,
    /// evcxr_jupyter as it comes, with nothing loaded.
    Stock,
    /// evcxr_jupyter as it comes, with the library loaded.
    StockWithLibrary,
}

impl Subject {
    /// Its name in JSON.
    pub fn key(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Stock => "stock",
            Self::StockWithLibrary => "stock_same_dependencies",
        }
    }

    /// Its name on the terminal.
    pub fn title(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Stock => "stock",
            Self::StockWithLibrary => "stock + library",
        }
    }

    pub fn loads_library(self) -> bool {
        self != Self::Stock
    }
}

/// The parts of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Start,
    Script,
    Notebook,
    /// All cells of a run together.
    Total,
    /// In bytes; everything else is in seconds.
    Memory,
}

impl Part {
    pub const ALL: [Self; 5] =
        [Self::Start, Self::Script, Self::Notebook, Self::Total, Self::Memory];

    pub fn key(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Script => "script",
            Self::Notebook => "notebook",
            Self::Total => "total",
            Self::Memory => "memory",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Start => "Start",
            Self::Script => "The same cells (ours with the library loaded, stock empty)",
            Self::Notebook => "Cells of the notebook",
            Self::Total => "Whole runs",
            Self::Memory => "Memory",
        }
    }

    pub fn unit(self) -> &'static str {
        if self == Self::Memory { "bytes" } else { "seconds" }
    }
}

/// One quantity, sampled in several kernels.
#[derive(Clone, Debug)]
pub struct Measure {
    pub part: Part,
    pub name: String,
    samples: Vec<(Subject, f64)>,
}

impl Measure {
    pub fn samples(&self, subject: Subject) -> Vec<f64> {
        self.samples.iter().filter(|(of, _)| *of == subject).map(|(_, value)| *value).collect()
    }

    pub fn median(&self, subject: Subject) -> Option<f64> {
        median(&self.samples(subject))
    }

    pub fn p95(&self, subject: Subject) -> Option<f64> {
        p95(&self.samples(subject))
    }

    /// How many times the other kernel's median ours is.
    pub fn ratio(&self, other: Subject) -> Option<f64> {
        let divisor = self.median(other).filter(|median| *median > 0.0)?;
        Some(self.median(Subject::Ours)? / divisor)
    }

    fn json(&self) -> Value {
        let of = |subject: Subject| {
            let samples = self.samples(subject);
            if samples.is_empty() {
                return Value::Null;
            }
            json!({ "median": median(&samples), "p95": p95(&samples), "samples": samples })
        };
        json!({
            "name": self.name,
            "unit": self.part.unit(),
            Subject::Ours.key(): of(Subject::Ours),
            Subject::Stock.key(): of(Subject::Stock),
            Subject::StockWithLibrary.key(): of(Subject::StockWithLibrary),
            "ratio": self.ratio(Subject::Stock),
        })
    }
}

/// All measures, in the order in which they first came up.
#[derive(Debug, Default)]
pub struct Results {
    measures: Vec<Measure>,
    /// Cells that did not end as they should have.
    failures: Vec<String>,
}

impl Results {
    pub fn add(&mut self, part: Part, name: &str, subject: Subject, value: f64) {
        let known = self.measures.iter_mut().find(|one| one.part == part && one.name == name);
        match known {
            Some(measure) => measure.samples.push((subject, value)),
            None => self.measures.push(Measure {
                part,
                name: name.to_owned(),
                samples: vec![(subject, value)],
            }),
        }
    }

    pub fn fail(&mut self, what: String) {
        if !self.failures.contains(&what) {
            self.failures.push(what);
        }
    }

    pub fn failures(&self) -> &[String] {
        &self.failures
    }

    pub fn of(&self, part: Part) -> impl Iterator<Item = &Measure> {
        self.measures.iter().filter(move |measure| measure.part == part)
    }

    pub fn has(&self, subject: Subject) -> bool {
        self.measures.iter().any(|measure| !measure.samples(subject).is_empty())
    }

    /// Every sample of a part together, as one measure.
    pub fn pooled(&self, part: Part, name: &str) -> Measure {
        let samples = self.of(part).flat_map(|measure| measure.samples.iter().copied()).collect();
        Measure { part, name: name.to_owned(), samples }
    }

    /// The ratios to another kernel, cell by cell.
    pub fn ratios(&self, part: Part, other: Subject) -> Ratios {
        Ratios(self.of(part).filter_map(|measure| measure.ratio(other)).collect())
    }

    pub fn json(&self) -> Value {
        let parts = Part::ALL.map(|part| {
            let measures: Vec<Value> = self.of(part).map(Measure::json).collect();
            (part.key().to_owned(), Value::from(measures))
        });
        let mut all = serde_json::Map::from_iter(parts);
        all.insert("script_all".into(), self.pooled(Part::Script, "all cells").json());
        all.insert("script_ratios".into(), self.ratios(Part::Script, Subject::Stock).json());
        Value::Object(all)
    }
}

/// Ratios of one kernel's times to another's.
pub struct Ratios(Vec<f64>);

impl Ratios {
    pub fn quantile(&self, share: f64) -> Option<f64> {
        quantile(&self.0, share)
    }

    fn json(&self) -> Value {
        json!({
            "median": self.quantile(0.5),
            "p95": self.quantile(0.95),
            "largest": self.quantile(1.0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_cells() -> Results {
        let mut results = Results::default();
        for (name, ours, stock) in [("a", 2.0, 1.0), ("b", 3.0, 6.0), ("a", 4.0, 1.0)] {
            results.add(Part::Script, name, Subject::Ours, ours);
            results.add(Part::Script, name, Subject::Stock, stock);
        }
        results
    }

    #[test]
    fn repeats_of_a_cell_meet_and_cells_stay_in_order() {
        let results = two_cells();
        let names: Vec<&str> = results.of(Part::Script).map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
        let ratios: Vec<_> =
            results.of(Part::Script).map(|one| one.ratio(Subject::Stock)).collect();
        assert_eq!(ratios, [Some(3.0), Some(0.5)]);
        assert_eq!(results.ratios(Part::Script, Subject::Stock).quantile(1.0), Some(3.0));
        assert_eq!(results.pooled(Part::Script, "all").median(Subject::Ours), Some(3.0));
        assert!(!results.has(Subject::StockWithLibrary));
    }

    #[test]
    fn json_has_every_part_and_null_for_kernels_that_did_not_run() {
        let value = two_cells().json();
        assert_eq!(value["script"][0]["ours"]["samples"], json!([2.0, 4.0]));
        assert_eq!(value["script"][0]["stock_same_dependencies"], Value::Null);
        assert_eq!(value["script_ratios"]["median"], json!(1.75));
        assert_eq!(value["memory"], json!([]));
    }

    #[test]
    fn a_time_of_zero_gives_no_ratio() {
        let mut results = Results::default();
        results.add(Part::Start, "x", Subject::Ours, 1.0);
        results.add(Part::Start, "x", Subject::Stock, 0.0);
        assert_eq!(results.of(Part::Start).next().and_then(|one| one.ratio(Subject::Stock)), None);
    }
}

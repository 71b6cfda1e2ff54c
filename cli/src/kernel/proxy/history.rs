//! The cells this kernel has run, for consoles that scroll back.

use serde_json::{Value, json};

use super::wire::Request;

/// Only the present session is remembered; it has this number.
const SESSION: usize = 1;
/// How many cells are kept.
const LONGEST: usize = 10_000;

#[derive(Default)]
pub struct History(Vec<(usize, String)>);

impl History {
    pub fn add(&mut self, count: usize, code: &str) {
        self.0.push((count, code.to_owned()));
        let excess = self.0.len().saturating_sub(LONGEST);
        self.0.drain(..excess);
    }

    /// The cells with their numbers, oldest first.
    pub fn cells(&self) -> Vec<(usize, &str)> {
        self.0.iter().map(|(count, code)| (*count, code.as_str())).collect()
    }

    /// Answers a history_request.
    pub fn reply(&self, request: &Request) -> Value {
        let chosen = match request.text("hist_access_type") {
            "range" => self.range(&request.content),
            "search" => self.search(&request.content),
            _ => self.tail(&request.content),
        };
        let with_output = request.flag("output", false);
        let entries: Vec<Value> = chosen
            .into_iter()
            .map(|(count, code)| {
                if with_output {
                    json!([SESSION, count, [code, null]])
                } else {
                    json!([SESSION, count, code])
                }
            })
            .collect();
        json!({ "status": "ok", "history": entries })
    }

    fn tail(&self, content: &Value) -> Vec<(usize, &str)> {
        let cells = self.cells();
        let wanted = number(&content["n"]).unwrap_or(cells.len());
        cells[cells.len().saturating_sub(wanted)..].to_vec()
    }

    /// From `start` to before `stop`; sessions other than the present one are empty.
    fn range(&self, content: &Value) -> Vec<(usize, &str)> {
        let session = content["session"].as_i64().unwrap_or(0);
        if session != 0 && session != SESSION as i64 {
            return Vec::new();
        }
        let start = number(&content["start"]).unwrap_or(0);
        let stop = number(&content["stop"]).unwrap_or(usize::MAX);
        self.cells().into_iter().filter(|(count, _)| (start..stop).contains(count)).collect()
    }

    fn search(&self, content: &Value) -> Vec<(usize, &str)> {
        let pattern = content["pattern"].as_str().unwrap_or("*");
        let mut found: Vec<(usize, &str)> =
            self.cells().into_iter().filter(|(_, code)| matches(pattern, code)).collect();
        if content["unique"].as_bool().unwrap_or(false) {
            let mut seen = std::collections::HashSet::new();
            found.reverse();
            found.retain(|(_, code)| seen.insert(*code));
            found.reverse();
        }
        let wanted = number(&content["n"]).unwrap_or(found.len());
        found[found.len().saturating_sub(wanted)..].to_vec()
    }
}

fn number(value: &Value) -> Option<usize> {
    value.as_u64().and_then(|number| usize::try_from(number).ok())
}

/// Whether a text fits a pattern of letters, `*` and `?`.
fn matches(pattern: &str, text: &str) -> bool {
    let expression: String = pattern
        .chars()
        .map(|letter| match letter {
            '*' => ".*".to_owned(),
            '?' => ".".to_owned(),
            other => regex::escape(&other.to_string()),
        })
        .collect();
    regex::Regex::new(&format!("(?s)^{expression}$")).is_ok_and(|regex| regex.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::super::wire::tests::request;
    use super::*;

    fn asked(content: Value) -> Value {
        let mut history = History::default();
        for (count, code) in [(1, "let a = 1;"), (2, "a"), (3, "let b = 2;"), (4, "a")] {
            history.add(count, code);
        }
        history.reply(&request("history_request", content))["history"].clone()
    }

    #[test]
    fn the_three_ways_to_ask() {
        assert_eq!(
            asked(json!({"hist_access_type": "tail", "n": 2})),
            json!([[1, 3, "let b = 2;"], [1, 4, "a"]])
        );
        assert_eq!(
            asked(json!({"hist_access_type": "range", "session": 0, "start": 1, "stop": 3})),
            json!([[1, 1, "let a = 1;"], [1, 2, "a"]])
        );
        assert_eq!(asked(json!({"hist_access_type": "range", "session": 7})), json!([]));
        let search = json!({"hist_access_type": "search", "pattern": "let ? = *", "n": 1});
        assert_eq!(asked(search), json!([[1, 3, "let b = 2;"]]));
        let unique = json!({"hist_access_type": "search", "pattern": "a", "unique": true});
        assert_eq!(asked(unique), json!([[1, 4, "a"]]));
        assert_eq!(
            asked(json!({"hist_access_type": "tail", "n": 1, "output": true})),
            json!([[1, 4, ["a", null]]])
        );
    }
}

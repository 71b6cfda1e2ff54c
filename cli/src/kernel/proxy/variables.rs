//! The variables of the notebook: their names and types from evcxr, what is in them from the library.

use std::collections::BTreeMap;

use serde_json::Value;

/// Types by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variables(BTreeMap<String, String>);

impl Variables {
    /// Reads what evcxr's `:vars` shows as text: a line per variable.
    pub fn from_data(data: &Value) -> Self {
        let text = data["text/plain"].as_str().unwrap_or_default();
        let pairs = text.lines().filter_map(|line| line.split_once(": "));
        Self(pairs.map(|(name, kind)| (name.to_owned(), kind.to_owned())).collect())
    }

    /// The names that are no longer there afterwards.
    pub fn lost(&self, after: &Self) -> Vec<String> {
        self.0.keys().filter(|name| !after.0.contains_key(*name)).cloned().collect()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A cell that looks into each variable and shows a table of what it found.
    pub fn table_cell(&self) -> String {
        let rows: String = self
            .0
            .iter()
            .map(|(name, kind)| {
                format!(
                    "latentlab_table.add({name:?}, {kind:?}, \
                     (&latentlab::notebook::variables::Probe(&{name})).inspect());\n"
                )
            })
            .collect();
        format!(
            "{{\nuse latentlab::notebook::variables::{{Known as _, Opaque as _}};\n\
             let mut latentlab_table = latentlab::notebook::VariableTable::new();\n{rows}\
             latentlab_table\n}}"
        )
    }
}

/// Whether a cell asks for the table.
pub fn is_asked_for(code: &str) -> bool {
    code.trim() == ":vars"
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_and_types_are_read() {
        let data = json!({"text/plain": "b: Vec<i32>\na: HashMap<String, i32>\n"});
        let variables = Variables::from_data(&data);
        assert_eq!(variables.lost(&Variables::default()), ["a", "b"]);
        let after = Variables::from_data(&json!({"text/plain": "a: HashMap<String, i32>\n"}));
        assert_eq!(variables.lost(&after), ["b"]);
        assert!(Variables::from_data(&Value::Null).is_empty());
    }

    #[test]
    fn the_table_is_a_cell_that_parses() -> syn::Result<()> {
        let data = json!({"text/plain": "a: HashMap<String, i32>\ns: &'static str\n"});
        let cell = Variables::from_data(&data).table_cell();
        syn::parse_str::<syn::Block>(&cell)?;
        assert!(cell.contains("Probe(&s)") && cell.contains("\"&'static str\""));
        Ok(())
    }

    #[test]
    fn only_the_command_alone_asks() {
        assert!(is_asked_for(" :vars\n"));
        assert!(!is_asked_for(":vars\nlet a = 1;"));
    }
}

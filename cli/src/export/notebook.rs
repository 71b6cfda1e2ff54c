//! A notebook as the exporter reads it: every output, also those that a typed reader would pass over.

use std::path::{Path, PathBuf};

use nbformat::Notebook as Parsed;
use serde_json::{Map, Value};

use crate::failure::{Failure, Result};

/// Larger files are refused; a notebook of this size cannot be handed in anywhere.
const LARGEST_FILE: u64 = 512 << 20;

pub struct Notebook {
    /// Where it lies, without symbolic links.
    pub path: PathBuf,
    /// The folder that its pictures lie in.
    pub folder: PathBuf,
    pub metadata: Map<String, Value>,
    pub cells: Vec<Cell>,
}

pub struct Cell {
    pub kind: CellKind,
    pub source: String,
    pub metadata: Map<String, Value>,
    pub attachments: Map<String, Value>,
}

pub enum CellKind {
    Markdown,
    Raw,
    Code {
        count: Option<i64>,
        outputs: Vec<Value>,
    },
    /// Of a type that later versions of the format may have.
    Other(String),
}

impl Notebook {
    /// Reads a notebook of any version since 3. The `nbformat` crate upgrades what is older than version 4; newer
    /// ones are read here, because that crate refuses notebooks that every Jupyter opens (two cells with the
    /// same identity) and leaves out, without a word, outputs that it does not know.
    pub fn open(path: &Path) -> Result<Self> {
        let resolved = path.canonicalize().map_err(|_| {
            Failure::usage(format!("there is no notebook {}", path.display()))
                .fix("name an .ipynb file")
        })?;
        let text = read(&resolved)?;
        Self::parse(&text, resolved)
            .map_err(|why| Failure::usage(format!("{} is not a notebook: {why}", path.display())))
    }

    /// Reads the text of a notebook that lies at `path`; the error is the reason alone.
    pub fn parse(text: &str, path: PathBuf) -> Result<Self, String> {
        let value: Value = serde_json::from_str(text.trim_start_matches('\u{FEFF}'))
            .map_err(|error| error.to_string())?;
        let value = match value.get("nbformat").map(Value::as_i64) {
            Some(Some(4)) => value,
            Some(Some(3)) => upgraded(value)?,
            Some(Some(version)) => {
                return Err(format!("its format is version {version}, not 3 or 4"));
            }
            _ => return Err("it does not say which version of the format it has".into()),
        };
        let Value::Object(mut notebook) = value else { return Err("it is no JSON object".into()) };
        let metadata = object(notebook.remove("metadata"));
        let Some(Value::Array(cells)) = notebook.remove("cells") else {
            return Err("it has no list of cells".into());
        };
        let cells = cells
            .into_iter()
            .enumerate()
            .map(|(index, cell)| {
                Cell::read(cell).map_err(|why| format!("in cell {}, {why}", index + 1))
            })
            .collect::<Result<Vec<_>, String>>()?;
        let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
        Ok(Self { path, folder, metadata, cells })
    }

    /// The language of code cells, in lower case.
    pub fn language(&self) -> String {
        let of = |key: &str, name: &str| self.metadata.get(key)?.get(name)?.as_str();
        of("language_info", "name")
            .or_else(|| of("kernelspec", "language"))
            .or_else(|| of("kernelspec", "name"))
            .unwrap_or("rust")
            .to_lowercase()
    }

    /// A text from the metadata that says something.
    pub fn text(&self, key: &str) -> Option<String> {
        self.metadata
            .get(key)?
            .as_str()
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(Into::into)
    }

    /// `authors` as nbformat has it (objects with a name), or as people write it.
    pub fn authors(&self) -> Vec<String> {
        let name = |author: &Value| match author {
            Value::String(name) => Some(name.clone()),
            Value::Object(author) => author.get("name")?.as_str().map(str::to_owned),
            _ => None,
        };
        let value = self.metadata.get("authors").or_else(|| self.metadata.get("author"));
        match value {
            Some(Value::Array(authors)) => authors.iter().filter_map(name).collect(),
            Some(author) => name(author).into_iter().collect(),
            None => Vec::new(),
        }
    }
}

/// Version 3 in the form of version 4. It has cells of HTML, which the crate does not know; Markdown may hold HTML.
fn upgraded(mut value: Value) -> Result<Value, String> {
    let sheets = value.get_mut("worksheets").and_then(Value::as_array_mut);
    let cells =
        sheets.into_iter().flatten().filter_map(|sheet| sheet.get_mut("cells")?.as_array_mut());
    for cell in cells.flatten() {
        if cell.get("cell_type").and_then(Value::as_str) == Some("html") {
            cell["cell_type"] = "markdown".into();
        }
    }
    let parsed = nbformat::parse_notebook(&value.to_string()).map_err(|error| error.to_string())?;
    let Parsed::V3(old) = parsed else { return Err("its version is unclear".into()) };
    let upgraded = nbformat::upgrade_v3_notebook(old).map_err(|error| error.to_string())?;
    serde_json::to_value(upgraded).map_err(|error| error.to_string())
}

fn read(path: &Path) -> Result<String> {
    let refused = |error: std::io::Error| Failure::io("read", path, &error);
    let size = std::fs::metadata(path).map_err(refused)?.len();
    if size > LARGEST_FILE {
        return Err(Failure::usage(format!(
            "{} has {} MB, more than the {} MB an export can take",
            path.display(),
            size >> 20,
            LARGEST_FILE >> 20
        ))
        .fix("clear the outputs that make it so large, and run it again"));
    }
    let bytes = std::fs::read(path).map_err(refused)?;
    String::from_utf8(bytes).map_err(|_| {
        Failure::usage(format!("{} is not a notebook: it is not text in UTF-8", path.display()))
    })
}

impl Cell {
    fn read(value: Value) -> Result<Self, String> {
        let Value::Object(mut cell) = value else { return Err("there is no JSON object".into()) };
        let kind = match cell.get("cell_type").and_then(Value::as_str) {
            Some("code") => CellKind::Code {
                count: cell.get("execution_count").and_then(Value::as_i64),
                outputs: match cell.remove("outputs") {
                    Some(Value::Array(outputs)) => outputs,
                    None => Vec::new(),
                    Some(_) => return Err("the outputs are not a list".into()),
                },
            },
            Some("markdown") => CellKind::Markdown,
            Some("raw") => CellKind::Raw,
            Some(other) => CellKind::Other(other.to_owned()),
            None => return Err("the type is not given".into()),
        };
        let source = cell.get("source").unwrap_or(&Value::Null);
        if !matches!(kind, CellKind::Other(_)) && !is_text(source) {
            return Err("the source is not text".into());
        }
        let source = text(source).replace("\r\n", "\n").replace('\r', "\n");
        Ok(Self {
            kind,
            source,
            attachments: object(cell.remove("attachments")),
            metadata: object(cell.remove("metadata")),
        })
    }

    /// Whether one of the usual tags is set; `-` and `_` mean the same.
    pub fn has_tag(&self, names: &[&str]) -> bool {
        let tags = self.metadata.get("tags").and_then(Value::as_array);
        tags.into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .any(|tag| names.contains(&tag.replace('_', "-").as_str()))
    }

    /// What a reader collapsed in JupyterLab.
    fn folded(&self, key: &str) -> bool {
        self.metadata
            .get("jupyter")
            .and_then(|jupyter| jupyter.get(key))
            .and_then(Value::as_bool)
            .unwrap_or(false)
    }

    pub fn is_removed(&self) -> bool {
        self.has_tag(&["remove-cell", "hide-cell"])
    }

    pub fn hides_input(&self) -> bool {
        self.has_tag(&["remove-input", "hide-input", "hide-code"]) || self.folded("source_hidden")
    }

    pub fn hides_output(&self) -> bool {
        self.has_tag(&["remove-output", "hide-output", "remove-outputs"])
            || self.folded("outputs_hidden")
    }
}

/// A text of the format: one string, or one string a line.
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        _ => String::new(),
    }
}

fn is_text(value: &Value) -> bool {
    match value {
        Value::String(_) => true,
        Value::Array(lines) => lines.iter().all(Value::is_string),
        _ => false,
    }
}

fn object(value: Option<Value>) -> Map<String, Value> {
    match value {
        Some(Value::Object(object)) => object,
        _ => Map::new(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn open(content: &str) -> Result<Notebook> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.ipynb");
        std::fs::write(&path, content).unwrap();
        Notebook::open(&path)
    }

    #[test]
    fn outputs_of_unknown_type_stay() {
        let notebook = open(
            r#"{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[{"cell_type":"code","id":"a",
            "metadata":{},"execution_count":1,"source":["1\n","2"],"outputs":[{"output_type":"smell"}]}]}"#,
        )
        .unwrap();
        assert_eq!(notebook.cells[0].source, "1\n2");
        let CellKind::Code { outputs, .. } = &notebook.cells[0].kind else { panic!("not code") };
        assert_eq!(outputs[0]["output_type"], "smell");
    }

    #[test]
    fn version_three_is_upgraded() {
        let notebook = open(
            r#"{"nbformat":3,"nbformat_minor":0,"metadata":{"name":""},"worksheets":[{"metadata":{},"cells":[
            {"cell_type":"heading","level":2,"metadata":{},"source":["Title"]},
            {"cell_type":"code","collapsed":false,"input":["1+1"],"language":"python","metadata":{},
             "outputs":[{"output_type":"pyout","metadata":{},"prompt_number":1,"text":["2"]}],"prompt_number":1}]}]}"#,
        )
        .unwrap();
        assert_eq!(notebook.cells[0].source, "## Title");
        assert!(
            matches!(&notebook.cells[1].kind, CellKind::Code { count: Some(1), outputs } if outputs.len() == 1)
        );
    }

    #[test]
    fn tags_mean_the_same_with_either_sign() {
        let notebook = open(
            r#"{"nbformat":4,"nbformat_minor":4,"metadata":{"authors":[{"name":"A"}],"author":"B"},"cells":[
            {"cell_type":"code","metadata":{"tags":["hide_input"]},"execution_count":null,"source":"","outputs":[]},
            {"cell_type":"code","metadata":{"jupyter":{"outputs_hidden":true}},"execution_count":null,"source":"","outputs":[]}]}"#,
        )
        .unwrap();
        assert!(notebook.cells[0].hides_input() && !notebook.cells[0].hides_output());
        assert!(notebook.cells[1].hides_output() && !notebook.cells[1].is_removed());
        assert_eq!(notebook.authors(), ["A"]);
    }

    #[test]
    fn what_every_jupyter_opens_is_opened() {
        let cell = r#"{"cell_type":"markdown","id":"a","metadata":{"collapsed":"?"},"source":"x"}"#;
        let notebook = open(&format!(
            "\u{FEFF}{{\"nbformat\":4,\"nbformat_minor\":99,\"metadata\":null,\"cells\":[{cell},{cell}]}}"
        ));
        assert_eq!(notebook.unwrap().cells.len(), 2);
    }

    #[test]
    fn a_wrong_cell_is_named() {
        for (cell, why) in [
            ("3", "cell 1"),
            (r#"{"cell_type":"code","source":3}"#, "not text"),
            (r#"{"cell_type":"code","source":"","outputs":null}"#, "not a list"),
            (r#"{"source":""}"#, "the type is not given"),
        ] {
            let failure = open(&format!("{{\"nbformat\":4,\"cells\":[{cell}]}}")).err().unwrap();
            assert!(failure.what().contains(why), "{failure}");
        }
    }

    #[test]
    fn what_is_not_a_notebook_is_named() {
        for content in ["", "{", "[]", "{\"nbformat\": 99}", "\u{0}"] {
            let failure = open(content).err().unwrap();
            assert!(failure.what().contains("is not a notebook"), "{failure}");
        }
    }
}

//! A notebook on disk, and the copy that receives the outputs.

use std::path::{Path, PathBuf};

use nbformat::Notebook;
use nbformat::v4::{Cell, CellId, CellMetadata, Output};

use crate::failure::{Failure, Result};
use crate::files;

pub struct Document {
    source: PathBuf,
    target: PathBuf,
    notebook: nbformat::v4::Notebook,
}

impl Document {
    /// Reads a notebook of any version since 3; older ones become version 4.5 in memory.
    pub fn open(path: &Path, out: &Path) -> Result<Self> {
        let source = path.canonicalize().map_err(|_| {
            Failure::usage(format!("there is no notebook {}", path.display()))
                .fix("name an .ipynb file, or none to run all of notebooks/")
        })?;
        let text = files::read_text(&source)?;
        let unreadable =
            |why: String| Failure::usage(format!("{} is not a notebook: {why}", path.display()));
        let parsed =
            nbformat::parse_notebook(&text).map_err(|error| unreadable(error.to_string()))?;
        let mut notebook = match parsed {
            Notebook::V4(notebook) => notebook,
            Notebook::V4QuirksMode(quirks) => quirks.repair(),
            Notebook::Legacy(old) => nbformat::upgrade_legacy_notebook(old)
                .map_err(|error| unreadable(error.to_string()))?,
            Notebook::V3(old) => {
                nbformat::upgrade_v3_notebook(old).map_err(|error| unreadable(error.to_string()))?
            }
            _ => return Err(unreadable("its format version is unknown".into())),
        };
        notebook.nbformat = 4;
        notebook.nbformat_minor = 5;
        clear_outputs(&mut notebook);
        let target = out.join(source.file_name().unwrap_or_default());
        Ok(Self { source, target, notebook })
    }

    pub fn source(&self) -> &Path {
        &self.source
    }

    pub fn target(&self) -> &Path {
        &self.target
    }

    pub fn name(&self) -> String {
        self.source.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// The folder relative paths in cells start from.
    pub fn folder(&self) -> &Path {
        self.source.parent().unwrap_or(Path::new("/"))
    }

    /// The kernel the notebook asks for.
    pub fn kernel(&self) -> Option<&str> {
        self.notebook.metadata.kernelspec.as_ref().map(|spec| spec.name.as_str())
    }

    /// Positions and texts of the code cells that have something to run.
    pub fn code_cells(&self) -> Vec<(usize, String)> {
        let cells = self.notebook.cells.iter().enumerate();
        cells
            .filter_map(|(index, cell)| match cell {
                Cell::Code { source, .. } => Some((index, source.concat())),
                _ => None,
            })
            .filter(|(_, code)| !code.trim().is_empty())
            .collect()
    }

    pub fn set_result(&mut self, index: usize, count: i32, new_outputs: Vec<Output>) {
        if let Some(Cell::Code { execution_count, outputs, .. }) =
            self.notebook.cells.get_mut(index)
        {
            *execution_count = Some(count);
            *outputs = new_outputs;
        }
    }

    /// The outputs of a cell that ran earlier, which a later cell may update.
    pub fn outputs_mut(&mut self, index: usize) -> Option<&mut Vec<Output>> {
        match self.notebook.cells.get_mut(index) {
            Some(Cell::Code { outputs, .. }) => Some(outputs),
            _ => None,
        }
    }

    /// The first code cell with a tag, and its text.
    pub fn tagged(&self, tag: &str) -> Option<(usize, String)> {
        self.notebook.cells.iter().enumerate().find_map(|(index, cell)| match cell {
            Cell::Code { source, metadata, .. } if has_tag(metadata, tag) => {
                Some((index, source.concat()))
            }
            _ => None,
        })
    }

    /// Puts a code cell with a tag after another cell, in place of an earlier one with that tag.
    pub fn inject(&mut self, after: usize, tag: &str, code: &str) {
        let cell = Cell::Code {
            id: CellId::from(uuid::Uuid::new_v4()),
            metadata: CellMetadata { tags: Some(vec![tag.to_owned()]), ..CellMetadata::default() },
            execution_count: None,
            source: code.split_inclusive('\n').map(str::to_owned).collect(),
            outputs: Vec::new(),
        };
        match self.tagged(tag) {
            Some((index, _)) => self.notebook.cells[index] = cell,
            None => self.notebook.cells.insert(after + 1, cell),
        }
    }

    /// Writes the copy with its outputs; the source is never touched.
    pub fn save(&self) -> Result<()> {
        let text = nbformat::serialize_notebook(&Notebook::V4(self.notebook.clone()))
            .map_err(|error| Failure::setup(format!("cannot save {}: {error}", self.name())))?;
        files::write_whole(&self.target, text.as_bytes())
    }
}

fn has_tag(metadata: &CellMetadata, tag: &str) -> bool {
    metadata.tags.as_ref().is_some_and(|tags| tags.iter().any(|known| known == tag))
}

/// Outputs of an earlier run must not look like results of this one.
fn clear_outputs(notebook: &mut nbformat::v4::Notebook) {
    for cell in &mut notebook.cells {
        if let Cell::Code { execution_count, outputs, .. } = cell {
            *execution_count = None;
            outputs.clear();
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub mod tests {
    use super::*;

    /// A notebook with one code cell, tagged or not.
    pub fn notebook(code: &str, tag: Option<&str>) -> (tempfile::TempDir, Document) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.ipynb");
        let tags: Vec<&str> = tag.into_iter().collect();
        let json = serde_json::json!({
            "nbformat": 4, "nbformat_minor": 5, "metadata": {},
            "cells": [{
                "cell_type": "code", "id": "a", "metadata": {"tags": tags},
                "execution_count": 7, "source": code,
                "outputs": [{"output_type": "stream", "name": "stdout", "text": "old"}]
            }]
        });
        std::fs::write(&path, json.to_string()).unwrap();
        let document = Document::open(&path, &folder.path().join("out")).unwrap();
        (folder, document)
    }

    #[test]
    fn old_outputs_are_dropped_and_the_source_stays() {
        let (folder, document) = notebook("1 + 1", None);
        let before = std::fs::read(folder.path().join("a.ipynb")).unwrap();
        document.save().unwrap();
        assert_eq!(std::fs::read(folder.path().join("a.ipynb")).unwrap(), before);
        let saved = std::fs::read_to_string(document.target()).unwrap();
        assert!(!saved.contains("old") && saved.contains("\"execution_count\": null"));
    }

    #[test]
    fn broken_notebooks_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b.ipynb");
        for content in [
            "",
            "{",
            "[]",
            "{\"nbformat\": 9}",
            "{\"nbformat\":4,\"nbformat_minor\":5,\"cells\":3}",
        ] {
            std::fs::write(&path, content).unwrap();
            let failure = Document::open(&path, folder.path()).err().unwrap();
            assert!(failure.what().contains("b.ipynb is not a notebook"), "{failure}");
        }
        let missing = Document::open(&folder.path().join("c.ipynb"), folder.path()).err().unwrap();
        assert!(missing.what().contains("there is no notebook"), "{missing}");
    }

    #[test]
    fn a_second_injection_replaces_the_first() {
        let (_folder, mut document) = notebook("let a = 1;", Some("parameters"));
        document.inject(0, "injected-parameters", "let a = 2;");
        document.inject(0, "injected-parameters", "let a = 3;");
        let codes: Vec<String> = document.code_cells().into_iter().map(|(_, code)| code).collect();
        assert_eq!(codes, ["let a = 1;", "let a = 3;"]);
    }
}

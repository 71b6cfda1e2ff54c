//! Typst at work: in the Python environment that the set-up makes, where its wheel saves 12 minutes of
//! compiling it (measured: see CONTRIBUTING).

use std::collections::HashMap;
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::export::mathematics;
use crate::export::pictures::Pictures;
use crate::export::tree::Page;
use crate::failure::{Failure, Result};
use crate::files;
use crate::process::{self, Trouble};

use super::glyphs;
use super::problems::{Spot, entries};
use super::source::{self, file_name};
use super::{Entry, Paper, Problems};

const PAGE: &str = include_str!("page.typ");
const SCRIPT: &str = include_str!("press.py");
/// Long documents take seconds; what takes longer will not end.
const LIMIT: Duration = Duration::from_secs(120);
const PICTURE_LIMIT: Duration = Duration::from_secs(10);
/// The folder of Typst's source and its pictures is the only one it can read.
const FONTS: &str = "fonts";

/// A PDF, and what stands where.
pub struct Printed {
    pub bytes: Vec<u8>,
    pub pages: usize,
    pub problems: Vec<Entry>,
    /// Characters that no font has.
    pub missing: String,
}

/// What came of an attempt.
pub enum Attempt {
    Done(Printed),
    /// What Typst refuses: pictures by number, or sections by position, and why.
    Refused {
        pictures: HashMap<usize, String>,
        sections: HashMap<usize, String>,
    },
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    spots: Vec<Spot>,
    error: Option<String>,
    #[serde(default)]
    sections: Vec<Option<String>>,
    #[serde(default)]
    missing: Vec<String>,
}

pub struct Press {
    pub interpreter: PathBuf,
    pub paper: Paper,
    pub problems: Problems,
}

impl Press {
    pub fn print(&self, page: &Page, pictures: &Pictures) -> Result<Attempt> {
        let folder = tempfile::Builder::new()
            .prefix("latentlab-export-")
            .tempdir()
            .map_err(|error| Failure::io("create a folder in", &std::env::temp_dir(), &error))?;
        let folder = folder.path();
        let source = source::write(page, self.paper, &self.problems, pictures);
        let names = lay_out(folder, pictures)?;
        let output = folder.join("page.pdf");
        let job = json!({
            "output": output,
            "begin": source.begin,
            "sections": source.sections,
            "end": source.end,
            "unusual": glyphs::unusual(&source.sections),
        });
        let failed = match self.ask(folder, job, LIMIT)? {
            Some(Answer { error: None, spots, missing, .. }) => {
                let bytes =
                    std::fs::read(&output).map_err(|error| Failure::io("read", &output, &error))?;
                let pages = spots.iter().map(|spot| spot.page).max().unwrap_or(1);
                let problems = entries(&source.headings, &spots);
                return Ok(Attempt::Done(Printed {
                    bytes,
                    pages,
                    problems,
                    missing: missing.concat(),
                }));
            }
            failed => failed,
        };
        let pictures = self.refused_pictures(folder, &names)?;
        let (error, sections) = match failed {
            Some(answer) => (answer.error.unwrap_or_default(), answer.sections),
            None => (format!("it took more than {} s", LIMIT.as_secs()), Vec::new()),
        };
        // A section with a refused picture can be set once the picture is gone.
        let sections: HashMap<usize, String> = match pictures.is_empty() {
            true => {
                sections.into_iter().enumerate().filter_map(|(n, why)| Some((n, why?))).collect()
            }
            false => HashMap::new(),
        };
        if pictures.is_empty() && sections.is_empty() {
            let first = error.lines().next().unwrap_or("no reason given");
            return Err(Failure::setup(format!("Typst cannot set this notebook: {first}"))
                .fix("this is a fault of the exporter; please report it with the notebook"));
        }
        Ok(Attempt::Refused { pictures, sections })
    }

    /// Tries each picture alone.
    fn refused_pictures(
        &self,
        folder: &Path,
        names: &[(usize, String)],
    ) -> Result<HashMap<usize, String>> {
        let mut refused = HashMap::new();
        for (number, name) in names {
            let why = match self.ask(folder, json!({ "picture": name }), PICTURE_LIMIT)? {
                Some(answer) => answer.error,
                None => Some(format!("it takes more than {} s", PICTURE_LIMIT.as_secs())),
            };
            refused.extend(why.map(|why| (*number, why)));
        }
        Ok(refused)
    }

    /// Gives Typst one job; none where it did not end within the limit.
    fn ask(&self, folder: &Path, mut job: Value, limit: Duration) -> Result<Option<Answer>> {
        job["root"] = json!(folder);
        job["fonts"] = json!(folder.join(FONTS));
        let mut input = tempfile::tempfile()
            .map_err(|error| Failure::io("create a file in", &std::env::temp_dir(), &error))?;
        let refused = |error: std::io::Error| Failure::io("write", folder, &error);
        input.write_all(job.to_string().as_bytes()).map_err(refused)?;
        input.rewind().map_err(refused)?;
        let mut command = Command::new(&self.interpreter);
        // Isolated: no file of the notebook's folder may pass for a module.
        command.args(["-I", "-c", SCRIPT]).current_dir(folder).stdin(Stdio::from(input));
        let finished = match process::run_with_input(&mut command, limit) {
            Ok(finished) => finished,
            Err(Trouble::TimedOut(_)) => return Ok(None),
            Err(trouble) => {
                return Err(Failure::setup(format!("Typst gave no page: {trouble}")));
            }
        };
        serde_json::from_str(&finished.stdout).map(Some).map_err(|_| {
            Failure::setup(format!("Typst gave no page: {}", finished.last_words()))
                .fix("run `cargo lab doctor`; the Python environment should have typst")
        })
    }
}

/// Puts everything that Typst reads into its folder; the names of the pictures.
fn lay_out(folder: &Path, pictures: &Pictures) -> Result<Vec<(usize, String)>> {
    let put = |name: &str, content: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, content).map_err(|error| Failure::io("write", &path, &error))
    };
    put("page.typ", PAGE.as_bytes())?;
    put("mathematics.typ", mathematics::TYPST.as_bytes())?;
    files::create_folder(&folder.join(FONTS))?;
    // Typst has no proportional sans serif of its own, and figures are drawn with this one.
    for (name, font) in [
        ("fonts/regular.ttf", dejavu::sans::regular()),
        ("fonts/bold.ttf", dejavu::sans::bold()),
        ("fonts/oblique.ttf", dejavu::sans::oblique()),
    ] {
        put(name, font)?;
    }
    let mut names = Vec::new();
    for (number, stored) in pictures.iter() {
        let name = file_name(number, stored.format.extension());
        put(&name, &stored.bytes)?;
        names.push((number, name));
    }
    Ok(names)
}

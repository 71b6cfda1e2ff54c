//! `lab export`: notebooks as PDF or HTML, offline and whole.
//!
//! A notebook is read into a tree of blocks (`tree`), and the tree is written: as Typst source, which Typst
//! sets as PDF, or as HTML. No text of the notebook reaches either as code.

mod ansi;
mod cells;
mod context;
mod delimiters;
mod drawing;
mod findings;
mod highlight;
mod html;
mod literal;
mod markdown;
mod mathematics;
mod notebook;
mod outputs;
mod pdf;
mod pictures;
mod remote;
mod summary;
#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests;
mod tree;
mod web;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::ValueEnum;

use crate::arguments::ExportOptions;
use crate::failure::{Failure, Result, Status};
use crate::files;
use crate::setup;
use crate::workspace::Workspace;

use context::Shared;
use findings::{Finding, Kind};
use notebook::Notebook;
use pdf::{Attempt, Entry, Press, Problems};
use tree::{Block, Content, Front, Inline, Page, words};

pub use pdf::Paper;
pub use summary::{Summary, exported_json, print_findings};

/// What Gradescope takes, in megabytes.
pub const LARGEST: f64 = 100.0;
/// How often a document is set again without the pictures that Typst refused.
const ATTEMPTS: usize = 4;

/// What a notebook becomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    #[default]
    Pdf,
    Html,
}

impl Format {
    fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Html => "html",
        }
    }
}

/// What came of one notebook.
pub struct Exported {
    pub source: PathBuf,
    pub target: PathBuf,
    pub pages: Option<usize>,
    /// How many pictures are on the pages.
    pub pictures: usize,
    pub problems: Vec<Entry>,
    pub findings: Vec<Finding>,
    pub bytes: usize,
    pub seconds: f64,
}

impl Exported {
    pub fn pages_in_words(&self) -> Option<String> {
        self.pages.map(|pages| match pages {
            1 => "1 page".to_owned(),
            pages => format!("{pages} pages"),
        })
    }
}

/// `lab export`
pub fn command(workspace: &Workspace, options: &ExportOptions) -> Result<ExitCode> {
    let targets = targets(options)?;
    let exporter = Exporter::new(workspace, options)?;
    let mut summary = Summary::new(options.strict);
    for (notebook, target) in options.notebooks.iter().zip(&targets) {
        match exporter.export(notebook, target, None) {
            Ok(exported) => summary.add(exported),
            Err(failure) => summary.add_failure(notebook, failure),
        }
    }
    if options.json {
        println!("{}", summary.json());
    } else {
        summary.print(workspace);
    }
    Ok(summary.worst().map_or(ExitCode::SUCCESS, |status| ExitCode::from(status as u8)))
}

/// Where each notebook goes: the file or folder named, or beside the notebook.
fn targets(options: &ExportOptions) -> Result<Vec<PathBuf>> {
    let extension = options.to.extension();
    let mut targets: Vec<PathBuf> = Vec::new();
    for notebook in &options.notebooks {
        let target = match &options.out {
            Some(out)
                if out.extension().is_some_and(|found| found == extension) && !out.is_dir() =>
            {
                if options.notebooks.len() > 1 {
                    return Err(Failure::usage(format!(
                        "{} is one file, and there are {} notebooks",
                        out.display(),
                        options.notebooks.len()
                    ))
                    .fix("name a folder with --out"));
                }
                out.clone()
            }
            Some(out) => {
                out.join(notebook.file_name().unwrap_or_default()).with_extension(extension)
            }
            None => notebook.with_extension(extension),
        };
        if targets.contains(&target) {
            return Err(Failure::usage(format!("two notebooks would become {}", target.display()))
                .fix("export them one after the other, into different folders"));
        }
        targets.push(target);
    }
    Ok(targets)
}

/// Exports notebooks in one way.
pub struct Exporter {
    options: ExportOptions,
    interpreter: Option<PathBuf>,
}

impl Exporter {
    /// Sets up what the chosen way needs: nothing for HTML, the Python environment for PDF.
    pub fn new(workspace: &Workspace, options: &ExportOptions) -> Result<Self> {
        let needed = options.to == Format::Pdf || options.fetch_images;
        let interpreter = match needed {
            true => Some(setup::ensure_python(workspace)?.interpreter),
            false => None,
        };
        Ok(Self { options: options.clone(), interpreter })
    }

    /// As `lab export` without options does it.
    pub fn usual(interpreter: PathBuf) -> Self {
        Self { options: ExportOptions::default(), interpreter: Some(interpreter) }
    }

    /// Exports one notebook. Its pictures lie beside it, or in `folder` for a copy whose pictures stayed behind.
    pub fn export(&self, path: &Path, target: &Path, folder: Option<&Path>) -> Result<Exported> {
        let started = Instant::now();
        let options = &self.options;
        let mut notebook = Notebook::open(path)?;
        if let Some(folder) = folder {
            notebook.folder = folder.to_owned();
        }
        let mut shared = Shared::default();
        if options.fetch_images {
            shared.remote.interpreter.clone_from(&self.interpreter);
        }
        let sections = cells::sections(&notebook, &mut shared, options.hide_code);
        let mut page = Page { front: front(&notebook, &sections, options), sections };
        let (bytes, pages, problems) = match options.to {
            Format::Html => (web::write(&page, &shared.pictures).into_bytes(), None, Vec::new()),
            Format::Pdf => {
                let printed = self.print(&mut page, &mut shared)?;
                if !printed.missing.is_empty() {
                    let message = format!(
                        "no font has these characters, install one that does: {}",
                        printed.missing
                    );
                    shared.findings.add(Kind::MissingGlyph, None, message);
                }
                (printed.bytes, Some(printed.pages), printed.problems)
            }
        };
        let megabytes = bytes.len() as f64 / 1e6;
        if megabytes > options.max_size {
            let limit = options.max_size;
            let message = format!("the file has {megabytes:.1} MB, more than {limit} MB");
            shared.findings.add(Kind::Size, None, message);
        }
        files::write_whole(target, &bytes)?;
        Ok(Exported {
            source: path.to_owned(),
            target: target.to_owned(),
            pages,
            pictures: shared.pictures.iter().count(),
            problems,
            findings: shared.findings.list().to_vec(),
            bytes: bytes.len(),
            seconds: started.elapsed().as_secs_f64(),
        })
    }

    /// Sets the page; pictures that Typst refuses become notices.
    fn print(&self, page: &mut Page, shared: &mut Shared) -> Result<pdf::Printed> {
        let press = Press {
            interpreter: self.interpreter.clone().unwrap_or_default(),
            paper: self.options.paper,
            problems: Problems { new_pages: self.options.problems_on_new_pages },
        };
        for _ in 0..ATTEMPTS {
            match press.print(page, &shared.pictures)? {
                Attempt::Done(printed) => return Ok(printed),
                Attempt::Refused { pictures, sections } => {
                    for (number, reason) in pictures {
                        shared.pictures.refuse(number);
                        let message = format!("picture {number} cannot be drawn: {reason}");
                        shared.findings.add(Kind::BrokenImage, None, message);
                    }
                    for (position, reason) in sections {
                        replace(&mut page.sections[position], &reason, shared);
                    }
                }
            }
        }
        Err(Failure::new(Status::Findings, "Typst refuses one picture after the other"))
    }
}

/// Puts the bare words of a section in its place.
fn replace(section: &mut tree::Section, reason: &str, shared: &mut Shared) {
    let message = format!("this cell cannot be set ({reason}); its bare text is shown");
    shared.findings.add(Kind::UnsupportedOutput, Some(section.cell), message.clone());
    let lines = tree::bare_lines(section);
    let blocks = vec![Block::Notice(message), Block::Lines { lines, framed: false }];
    section.content = Content::Text(blocks);
}

/// What is said about the document itself: by options, by the notebook's metadata, by its first heading.
fn front(notebook: &Notebook, sections: &[tree::Section], options: &ExportOptions) -> Front {
    let heading = first_heading(sections);
    let given = options.title.clone().or_else(|| notebook.text("title"));
    let stem = notebook.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let printed = given.is_some() && given != heading;
    let authors =
        if options.author.is_empty() { notebook.authors() } else { options.author.clone() };
    Front {
        title: given.or(heading).unwrap_or(stem),
        printed,
        authors,
        date: options.date.clone().or_else(|| notebook.text("date")),
        language: notebook
            .text("lang")
            .filter(|tag| matches!(tag.len(), 2 | 3) && tag.chars().all(|c| c.is_ascii_lowercase()))
            .unwrap_or("en".into()),
    }
}

/// The heading that the notebook begins with; one further down is not its title.
fn first_heading(sections: &[tree::Section]) -> Option<String> {
    let Content::Text(blocks) = &sections.first()?.content else { return None };
    blocks.iter().find_map(|block| match block {
        Block::Heading { level: 1, body, .. } => {
            let is_picture = |inline: &Inline| matches!(inline, Inline::Picture(_));
            (!body.iter().all(is_picture)).then(|| words(body))
        }
        _ => None,
    })
}

//! What has to happen to the source before the parser, made for single formulas of its own
//! dialect, can read a formula of a notebook.

mod macros;
mod relic;

use std::collections::{BTreeMap, BTreeSet};

use super::scanner::{Scanner, Token};

/// How deep rewritten arguments may lie within each other.
const DEEPEST: usize = 8;

/// How much text the rewriting of one formula may read, nested arguments counted again.
const MOST: usize = 200_000;

/// A mark in the first cell of an environment that the parser knows under another name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// `multline`
    Multiline,
    /// `eqnarray`
    Alternating,
}

impl Mark {
    /// The mark that a text is, if it is one: a character for private use.
    pub fn of(text: &str) -> Option<Mark> {
        match text {
            "\u{10FF01}" => Some(Mark::Multiline),
            "\u{10FF02}" => Some(Mark::Alternating),
            _ => None,
        }
    }
}

/// What the formulas of a notebook share as far as their source is concerned.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// The default of the first argument of macros that have one.
    pub defaults: BTreeMap<String, String>,
    /// The numbers behind labels.
    pub labels: BTreeMap<String, String>,
    /// The macros of the notebook, which go before any command of the same name.
    defined: BTreeSet<String>,
    /// How much text has been rewritten for the present formula.
    work: usize,
}

/// A source that the parser understands.
#[derive(Debug, Default)]
pub struct Source {
    /// The text.
    pub text: String,
    /// The macros it defines.
    pub names: Vec<String>,
}

/// A tag and a label that wait for the end of their row.
#[derive(Debug, Default)]
struct Row {
    braces: usize,
    environments: usize,
    tag: Option<(bool, String)>,
    label: Option<String>,
}

/// Rewrites a formula; labels and defaults of arguments go to the context.
pub fn rewrite(text: &str, context: &mut Context) -> Result<Source, String> {
    context.work = 0;
    rewrite_within(text, context, 0)
}

/// Rewrites a part at some depth.
fn rewrite_within(text: &str, context: &mut Context, depth: usize) -> Result<Source, String> {
    context.work = context.work.saturating_add(text.len());
    if depth > DEEPEST || context.work > MOST {
        return Err("The formula is nested too deeply".into());
    }
    let scanner = Scanner::new(text);
    let mut rewriter = Rewriter {
        scanner,
        context,
        depth,
        source: Source::default(),
        braces: 0,
        environments: 0,
        row: None,
    };
    rewriter.run()?;
    Ok(rewriter.source)
}

/// The state of a rewriting.
struct Rewriter<'text, 'context> {
    scanner: Scanner<'text>,
    context: &'context mut Context,
    depth: usize,
    source: Source,
    braces: usize,
    environments: usize,
    row: Option<Row>,
}

impl Rewriter<'_, '_> {
    /// Goes through the whole text.
    fn run(&mut self) -> Result<(), String> {
        while let Some(token) = self.scanner.next_token() {
            match token {
                Token::Command(name) => self.command(name)?,
                Token::Comment => self.push("\n"),
                Token::Character(text) => {
                    match text {
                        "{" => self.braces += 1,
                        "}" => self.braces = self.braces.saturating_sub(1),
                        _ => {}
                    }
                    self.push(text);
                }
            }
        }
        self.finish_row();
        Ok(())
    }

    fn push(&mut self, text: &str) {
        self.source.text.push_str(text);
    }

    /// Notes that the source defines a macro.
    fn note(&mut self, name: String) {
        self.context.defined.insert(name.clone());
        self.source.names.push(name);
    }

    /// A command, with its backslash.
    fn command(&mut self, name: &str) -> Result<(), String> {
        match name {
            name if self.context.defaults.contains_key(name) => self.with_default(name)?,
            name if self.context.defined.contains(name) => self.push(name),
            "\\begin" => self.begin()?,
            "\\end" => self.end(),
            "\\\\" | "\\cr" => self.line_end(name),
            "\\label" | "\\tag" => self.mark_row(name),
            "\\ref" | "\\eqref" => self.reference(name),
            "\\newcommand" | "\\renewcommand" | "\\providecommand" => self.new_command()?,
            "\\def" | "\\gdef" | "\\edef" | "\\xdef" => self.definition(name)?,
            "\\let" => self.alias(),
            "\\DeclareMathOperator" => self.new_operator(),
            "\\DeclarePairedDelimiter" => self.new_delimiters(),
            "\\newenvironment" | "\\renewenvironment" => {
                return Err(format!("{name} is not supported"));
            }
            "\\verb" => {
                let text = self.scanner.verbatim();
                self.push("\\verb");
                self.push(text);
            }
            name => self.other(name)?,
        }
        Ok(())
    }

    /// Commands that are left out, or written otherwise.
    fn other(&mut self, name: &str) -> Result<(), String> {
        match name {
            // JupyterLab numbers no equation by itself, so there is no number to suppress.
            "\\nonumber" | "\\notag" | "\\global" | "\\long" | "\\displaylimits"
            | "\\nonscript" => {
                self.push(" ");
            }
            "\\require" | "\\class" | "\\cssId" | "\\style" | "\\vspace" | "\\noalign" => {
                self.scanner.bracket();
                self.scanner.group();
            }
            "\\bbox" => drop(self.scanner.bracket()),
            "\\unicode" => self.unicode(),
            "\\sideset" => self.side_set()?,
            "\\root" => self.root()?,
            "\\matrix" | "\\pmatrix" | "\\cases" => self.plain_table(name)?,
            name => self.push(name),
        }
        Ok(())
    }

    /// Rewrites a part that has been read ahead.
    fn part(&mut self, text: &str) -> Result<(), String> {
        let part = rewrite_within(text, self.context, self.depth + 1)?;
        self.push(&part.text);
        self.source.names.extend(part.names);
        Ok(())
    }

    /// `\begin{..}`
    fn begin(&mut self) -> Result<(), String> {
        let name = self.scanner.group().unwrap_or_default().trim();
        self.environments += 1;
        match name {
            "math" | "displaymath" | "subequations" => self.push(" "),
            "equation" | "align" | "gather" | "alignat" => {
                self.push(&format!("\\begin{{{name}*}}"))
            }
            "flalign" | "flalign*" => self.push("\\begin{align*}"),
            "multline" | "multline*" => self.push("\\begin{gather*}\\char\"10FF01 "),
            "eqnarray" | "eqnarray*" => self.push("\\begin{darray}{rcl}\\char\"10FF02 "),
            "aligned" | "gathered" | "alignedat" | "split" | "array" | "subarray" => {
                self.scanner.bracket();
                self.push(&format!("\\begin{{{name}}}"));
                if name == "array" {
                    let columns = self.scanner.group().unwrap_or_default();
                    self.push(&format!("{{{}}}", relic::columns_of(columns, self.depth)?));
                }
            }
            name => self.push(&format!("\\begin{{{name}}}")),
        }
        Ok(())
    }

    /// `\end{..}`
    fn end(&mut self) {
        let name = self.scanner.group().unwrap_or_default().trim();
        if self.row.as_ref().is_some_and(|row| row.environments >= self.environments) {
            self.finish_row();
        }
        self.environments = self.environments.saturating_sub(1);
        match name {
            "math" | "displaymath" | "subequations" => self.push(" "),
            "equation" | "align" | "gather" | "alignat" => self.push(&format!("\\end{{{name}*}}")),
            "flalign" | "flalign*" => self.push("\\end{align*}"),
            "multline" | "multline*" => self.push("\\end{gather*}"),
            "eqnarray" | "eqnarray*" => self.push("\\end{darray}"),
            name => self.push(&format!("\\end{{{name}}}")),
        }
    }

    /// The end of a row of an environment.
    fn line_end(&mut self, name: &str) {
        let ends = |row: &Row| row.environments == self.environments && row.braces == self.braces;
        if self.environments > 0 && self.row.as_ref().is_some_and(ends) {
            self.finish_row();
        }
        self.push(name);
    }

    /// `\tag{..}` or `\label{..}`: both belong to the row, wherever in it they stand.
    fn mark_row(&mut self, name: &str) {
        let star = name == "\\tag" && self.scanner.star();
        let text = self.scanner.group().unwrap_or_default().to_owned();
        let (braces, environments) = (self.braces, self.environments);
        let row = self.row.get_or_insert_with(|| Row { braces, environments, ..Row::default() });
        match name {
            "\\tag" => row.tag = Some((star, text)),
            _ => row.label = Some(text),
        }
    }

    /// Puts the tag at the end of its row, where the parser wants it, and remembers the label.
    fn finish_row(&mut self) {
        let Some(Row { tag: Some((star, tag)), label, .. }) = self.row.take() else { return };
        let star = if star { "*" } else { "" };
        self.push(&format!("\\tag{star}{{\\text{{{tag}}}}}"));
        if let Some(label) = label {
            self.context.labels.insert(label, tag);
        }
    }

    /// `\ref{..}` or `\eqref{..}`; like MathJax, a label nobody set is three question marks.
    fn reference(&mut self, name: &str) {
        let label = self.scanner.group().unwrap_or_default();
        let number = self.context.labels.get(label).map_or("???", String::as_str);
        let text = if name == "\\eqref" {
            format!("\\text{{({number})}}")
        } else {
            format!("\\text{{{number}}}")
        };
        self.push(&text);
    }
}

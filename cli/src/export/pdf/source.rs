//! A page as Typst source: calls of the functions of `page.typ`, with the notebook's text in string literals.

use std::collections::{HashMap, HashSet};

use crate::export::literal::quote;
use crate::export::pictures::Pictures;
use crate::export::tree::{
    Alignment, Block, Channel, Content, Inline, Line, Output, Page, Section, Span, Typeset, words,
};

use super::anchors::labels;
use super::wrap::wrap;
use super::{Paper, Problems};

/// Code up to this length stays on one page.
const LONGEST_WHOLE: usize = 10;
/// How many lines of longer code stay with the output.
const LINES_KEPT: usize = 5;

/// The source in parts that can be set alone, and the headings in it.
pub struct Source {
    pub begin: String,
    /// One for each section of the page.
    pub sections: Vec<String>,
    pub end: String,
    /// The words and level of each heading, in the order of their spots.
    pub headings: Vec<(u8, String)>,
}

pub fn write(page: &Page, paper: Paper, problems: &Problems, pictures: &Pictures) -> Source {
    let mut writer = Writer {
        out: String::new(),
        columns: paper.columns(),
        labels: labels(page),
        placed: HashSet::new(),
        headings: Vec::new(),
        problems,
        pictures,
    };
    let front = &page.front;
    let authors: Vec<String> = front.authors.iter().map(|author| quote(author)).collect();
    writer.out.push_str(&format!(
        "#import \"page.typ\": *\n#show: notebook.with(title: {}, printed: {}, authors: ({}), date: {}, \
         lang: {}, paper: {})\n#{{\n",
        quote(&front.title),
        front.printed,
        authors.iter().map(|author| format!("{author},")).collect::<String>(),
        front.date.as_deref().map_or("none".into(), quote),
        quote(&front.language),
        quote(paper.name()),
    ));
    let begin = std::mem::take(&mut writer.out);
    let mut sections = Vec::new();
    for section in &page.sections {
        writer.section(section);
        sections.push(std::mem::take(&mut writer.out));
    }
    let end = format!("spot({})\n}}\n", writer.headings.len());
    Source { begin, sections, end, headings: writer.headings }
}

/// Writes expressions of Typst's code mode.
pub struct Writer<'a> {
    out: String,
    columns: usize,
    /// The names of the places that links go to.
    pub labels: HashMap<String, String>,
    /// The places that are on the page by now.
    placed: HashSet<String>,
    headings: Vec<(u8, String)>,
    problems: &'a Problems,
    pub pictures: &'a Pictures,
}

impl Writer<'_> {
    fn line(&mut self, code: &str) {
        self.out.push_str(code);
        self.out.push('\n');
    }

    fn section(&mut self, section: &Section) {
        match &section.content {
            Content::Text(blocks) => {
                let code = self.blocks(blocks, 0);
                self.line(&code);
            }
            Content::Code { count, source, outputs } => self.code(*count, source.as_ref(), outputs),
        }
    }

    fn code(&mut self, count: Option<i64>, source: Option<&Vec<Line>>, outputs: &[Output]) {
        let number = count.map_or(" ".into(), |count| count.to_string());
        if let Some(lines) = source {
            let prompt = quote(&format!("In [{number}]:"));
            let sticky = !outputs.is_empty();
            let cut = if lines.len() > LONGEST_WHOLE { lines.len() - LINES_KEPT } else { 0 };
            let (head, tail) = lines.split_at(cut);
            let head = if head.is_empty() { "none".into() } else { self.columns_text(head).1 };
            let tail = self.columns_text(tail).1;
            self.line(&format!("source-cell({prompt}, {sticky}, {head}, {tail})"));
        }
        for output in outputs {
            let body = self.blocks(&output.blocks, 0);
            let prompt = match output.channel {
                Channel::Result => quote(&format!("Out[{number}]:")),
                _ => "none".into(),
            };
            let channel = match output.channel {
                Channel::Stderr => "stderr",
                Channel::Error => "error",
                Channel::Stdout => "stdout",
                Channel::Display | Channel::Result => "display",
            };
            self.line(&format!("output-cell({}, {prompt}, {body})", quote(channel)));
        }
    }

    /// Lines of code or printed text, and how many they are on paper.
    fn columns_text(&self, lines: &[Line]) -> (usize, String) {
        let mut code = String::from("{\n");
        let mut visible = 0;
        for line in lines {
            for piece in wrap(line, self.columns) {
                if visible > 0 {
                    code.push_str("linebreak();");
                }
                visible += 1;
                if piece.continued {
                    code.push_str("continued;");
                }
                if piece.line.iter().all(|span| span.text.is_empty()) {
                    code.push_str("\"\\u{200B}\"");
                }
                for span in &piece.line {
                    code.push_str(&span_code(span));
                    code.push(';');
                }
                code.push('\n');
            }
        }
        code.push('}');
        (visible, code)
    }

    /// Several blocks as one expression.
    pub fn blocks(&mut self, blocks: &[Block], depth: usize) -> String {
        let mut code = String::from("{\n");
        for (index, block) in blocks.iter().enumerate() {
            let inner = self.block(block, depth);
            let leads = matches!(block, Block::Paragraph { .. })
                && matches!(blocks.get(index + 1), Some(Block::Table(_)));
            match leads {
                true => code.push_str(&format!("leading-line({inner})\n")),
                false => code.push_str(&format!("{inner}\n")),
            }
        }
        // An empty block of code is nothing, where content is wanted.
        code.push_str("[]}");
        code
    }

    fn block(&mut self, block: &Block, depth: usize) -> String {
        match block {
            Block::Paragraph { body, alignment } => self.paragraph(body, *alignment),
            Block::Heading { level, body, anchor } => self.heading(*level, body, anchor, depth),
            Block::List { start, items } => self.list(*start, items, depth),
            Block::Quote(blocks) => format!("quoted({})", self.blocks(blocks, depth + 1)),
            Block::Lines { lines, framed } => {
                let (count, body) = self.columns_text(lines);
                let name = if *framed { "code-block" } else { "printed-block" };
                format!("{name}({count}, {body})")
            }
            Block::Formula(typeset) => displayed(typeset),
            Block::Table(table) => self.table(table),
            Block::Rule => "rule()".into(),
            Block::Group { blocks, alignment, indented } => {
                let body = self.blocks(blocks, depth + 1);
                let body = if *indented { format!("indented({body})") } else { body };
                aligned(&body, *alignment)
            }
            Block::Anchor(name) => {
                self.anchor(name).map_or(String::new(), |name| format!("anchor({name})"))
            }
            Block::Notice(message) => format!("notice({})", quote(message)),
        }
    }

    fn paragraph(&mut self, body: &[Inline], alignment: Option<Alignment>) -> String {
        if let [Inline::Picture(picture)] = body {
            return aligned(&self.picture("picture", picture), alignment);
        }
        aligned(&format!("par({})", self.inlines(body)), alignment)
    }

    fn heading(&mut self, level: u8, body: &[Inline], anchor: &str, depth: usize) -> String {
        let text = words(body);
        let number = self.headings.len();
        let new_page = depth == 0 && self.problems.starts_page(level, &text) && number > 0;
        self.headings.push((level, text));
        let name = self.anchor(anchor).unwrap_or("none".into());
        let body = self.inlines(body);
        let heading = format!("title-of({level}, {number}, {name}, {body})");
        if new_page { format!("new-page()\n{heading}") } else { heading }
    }

    /// The name of a place, for the first time it is asked for.
    pub fn anchor(&mut self, name: &str) -> Option<String> {
        let label = self.labels.get(name)?.clone();
        self.placed.insert(label.clone()).then(|| quote(&label))
    }

    fn list(&mut self, start: Option<u64>, items: &[Vec<Block>], depth: usize) -> String {
        let items: String =
            items.iter().map(|item| format!("{},\n", self.blocks(item, depth + 1))).collect();
        match start {
            Some(start) => format!("enum(start: {start}, {items})"),
            None => format!("list({items})"),
        }
    }
}

/// The name of a picture beside the source.
pub fn file_name(number: usize, extension: &str) -> String {
    format!("picture-{number}.{extension}")
}

fn span_code(span: &Span) -> String {
    let style = span.style;
    let mut code = quote(&span.text);
    if let Some(color) = style.foreground {
        code = format!("fill-of({}, {code})", quote(&color.hexadecimal()));
    }
    if style.bold {
        code = format!("strong({code})");
    }
    if style.italic {
        code = format!("emph({code})");
    }
    if style.underlined {
        code = format!("underline({code})");
    }
    match style.background {
        Some(color) => format!("ground-of({}, {code})", quote(&color.hexadecimal())),
        None => code,
    }
}

fn aligned(body: &str, alignment: Option<Alignment>) -> String {
    match alignment {
        Some(alignment) => format!("align({}, {body})", alignment.name()),
        None => body.to_owned(),
    }
}

fn displayed(typeset: &Typeset) -> String {
    match &typeset.formula {
        Some(formula) => formula.typst(),
        None => format!("formula-source({})", quote(&typeset.source)),
    }
}

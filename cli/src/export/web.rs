//! HTML: one file that needs nothing else, neither a network nor a script.

use base64::Engine;

use super::literal::escape;
use super::mathematics;
use super::pictures::{Picture, Pictures};
use super::tree::{
    Alignment, Block, Channel, Color, Content, Emphasis, Inline, Line, Output, Page, Section, Span,
    Table, TableCell, Target, Typeset, words,
};

const STYLE: &str = include_str!("web/page.css");
/// Longer texts in cells of tables are folded.
const LONGEST_WHOLE: usize = 36;
/// A browser that reads the page may load nothing and run nothing, whatever slipped through.
const POLICY: &str = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

pub fn write(page: &Page, pictures: &Pictures) -> String {
    let mut writer = Writer { out: String::new(), pictures };
    let front = &page.front;
    writer.out.push_str(&format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n",
        escape(&front.language),
        escape(&front.title),
    ));
    for author in &front.authors {
        writer.out.push_str(&format!("<meta name=\"author\" content=\"{}\">\n", escape(author)));
    }
    writer
        .out
        .push_str(&format!("<style>\n{STYLE}{}</style>\n</head>\n<body>\n", mathematics::CSS));
    let line: Vec<String> =
        front.authors.iter().chain(&front.date).map(|part| escape(part)).collect();
    if front.printed || !line.is_empty() {
        let title = if front.printed {
            format!("<h1>{}</h1>", escape(&front.title))
        } else {
            String::new()
        };
        writer.out.push_str(&format!("<header>{title}<p>{}</p></header>\n", line.join(" · ")));
    }
    page.sections.iter().for_each(|section| writer.section(section));
    writer.out.push_str("</body>\n</html>\n");
    writer.out
}

struct Writer<'a> {
    out: String,
    pictures: &'a Pictures,
}

impl Writer<'_> {
    fn section(&mut self, section: &Section) {
        match &section.content {
            Content::Text(blocks) => self.blocks(blocks),
            Content::Code { count, source, outputs } => self.code(*count, source.as_ref(), outputs),
        }
    }

    fn code(&mut self, count: Option<i64>, source: Option<&Vec<Line>>, outputs: &[Output]) {
        let number = count.map_or(" ".into(), |count| count.to_string());
        self.out.push_str("<div class=\"cell\">");
        if let Some(lines) = source {
            self.out.push_str(&format!("<div class=\"prompt\">In [{number}]:</div>"));
            self.lines(lines, "source");
        }
        for output in outputs {
            let (class, prompt) = match output.channel {
                Channel::Stdout | Channel::Display => ("", false),
                Channel::Result => ("", true),
                Channel::Stderr => (" stderr", false),
                Channel::Error => (" error", false),
            };
            self.out.push_str("<div class=\"output-row\">");
            if prompt {
                self.out.push_str(&format!("<div class=\"prompt\">Out[{number}]:</div>"));
            }
            self.out.push_str(&format!("<div class=\"output{class}\">"));
            self.blocks(&output.blocks);
            self.out.push_str("</div></div>");
        }
        self.out.push_str("</div>\n");
    }

    fn lines(&mut self, lines: &[Line], class: &str) {
        self.out.push_str(&format!("<pre class=\"{class}\">"));
        for (index, line) in lines.iter().enumerate() {
            if index > 0 {
                self.out.push('\n');
            }
            line.iter().for_each(|span| self.span(span));
        }
        self.out.push_str("</pre>");
    }

    fn span(&mut self, span: &Span) {
        let style = span.style;
        let mut css = colors(style.foreground, style.background);
        for (set, declaration) in [
            (style.bold, "font-weight:bold;"),
            (style.italic, "font-style:italic;"),
            (style.underlined, "text-decoration:underline;"),
        ] {
            if set {
                css.push_str(declaration);
            }
        }
        let text = escape(&span.text);
        if css.is_empty() {
            self.out.push_str(&text);
        } else {
            self.out.push_str(&format!("<span style=\"{css}\">{text}</span>"));
        }
    }

    fn blocks(&mut self, blocks: &[Block]) {
        blocks.iter().for_each(|block| self.block(block));
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Paragraph { body, alignment } => {
                self.out.push_str(&format!("<p{}>", class_of(*alignment)));
                self.inlines(body);
                self.out.push_str("</p>\n");
            }
            Block::Heading { level, body, anchor } => {
                self.out.push_str(&format!("<h{level} id=\"{}\">", escape(anchor)));
                self.inlines(body);
                self.out.push_str(&format!("</h{level}>\n"));
            }
            Block::List { start, items } => self.list(*start, items),
            Block::Quote(blocks) => {
                self.out.push_str("<blockquote>");
                self.blocks(blocks);
                self.out.push_str("</blockquote>\n");
            }
            Block::Lines { lines, framed } => {
                self.lines(lines, if *framed { "framed" } else { "" })
            }
            Block::Formula(typeset) => self.formula(typeset),
            Block::Table(table) => self.table(table),
            Block::Rule => self.out.push_str("<hr>\n"),
            Block::Group { blocks, alignment, indented } => {
                let mut classes = alignment.map_or(String::new(), |side| side.name().to_owned());
                if *indented {
                    classes.push_str(" indented");
                }
                self.out.push_str(&format!("<div class=\"{}\">", classes.trim()));
                self.blocks(blocks);
                self.out.push_str("</div>\n");
            }
            Block::Anchor(name) => self.anchor(name),
            Block::Notice(message) => {
                self.out.push_str(&format!("<p class=\"notice\">{}</p>\n", escape(message)));
            }
        }
    }

    fn anchor(&mut self, name: &str) {
        self.out.push_str(&format!("<span id=\"{}\"></span>", escape(name)));
    }

    fn list(&mut self, start: Option<u64>, items: &[Vec<Block>]) {
        let (open, close) = match start {
            Some(start) => (format!("<ol start=\"{start}\">"), "</ol>\n"),
            None => ("<ul>".to_owned(), "</ul>\n"),
        };
        self.out.push_str(&open);
        for item in items {
            self.out.push_str("<li>");
            self.tight(item);
            self.out.push_str("</li>\n");
        }
        self.out.push_str(close);
    }

    /// A single paragraph needs no space around it.
    fn tight(&mut self, blocks: &[Block]) {
        match blocks {
            [Block::Paragraph { body, alignment: None }, rest @ ..] => {
                self.inlines(body);
                self.blocks(rest);
            }
            blocks => self.blocks(blocks),
        }
    }

    fn table(&mut self, table: &Table) {
        let widest = table.rows.iter().map(|row| row.cells.iter().map(|cell| cell.columns).sum());
        // On paper, where nobody can scroll.
        self.out.push_str(match widest.max().unwrap_or(0_usize) {
            0..=9 => "<table>",
            10..=16 => "<table class=\"wide\">",
            _ => "<table class=\"very-wide\">",
        });
        if !table.caption.is_empty() {
            self.out.push_str("<caption>");
            self.inlines(&table.caption);
            self.out.push_str("</caption>");
        }
        let head = table.rows.iter().take_while(|row| row.head).count();
        for (index, row) in table.rows.iter().enumerate() {
            if index == 0 {
                self.out.push_str(if head > 0 { "<thead>" } else { "<tbody>" });
            } else if index == head {
                self.out.push_str("</thead><tbody>");
            }
            self.out.push_str("<tr>");
            row.cells.iter().for_each(|cell| self.cell(cell));
            self.out.push_str("</tr>\n");
        }
        let body = table.rows.len() > head;
        self.out.push_str(if body { "</tbody></table>\n" } else { "</thead></table>\n" });
    }

    fn cell(&mut self, cell: &TableCell) {
        let tag = if cell.head { "th" } else { "td" };
        let mut classes = cell.alignment.map_or(String::new(), |side| side.name().to_owned());
        let folds = cell.blocks.iter().any(|block| match block {
            Block::Paragraph { body, .. } => words(body).chars().count() > LONGEST_WHOLE,
            _ => true,
        });
        if !folds && !cell.head {
            classes.push_str(" whole");
        }
        let mut attributes = match classes.trim() {
            "" => String::new(),
            classes => format!(" class=\"{classes}\""),
        };
        for (name, span) in [("colspan", cell.columns), ("rowspan", cell.rows)] {
            if span > 1 {
                attributes.push_str(&format!(" {name}=\"{span}\""));
            }
        }
        if let Some(color) = cell.background {
            attributes.push_str(&format!(" style=\"background:{}\"", color.hexadecimal()));
        }
        self.out.push_str(&format!("<{tag}{attributes}>"));
        self.tight(&cell.blocks);
        self.out.push_str(&format!("</{tag}>"));
    }

    fn inlines(&mut self, body: &[Inline]) {
        body.iter().for_each(|inline| self.inline(inline));
    }

    fn inline(&mut self, inline: &Inline) {
        match inline {
            Inline::Text(text) => self.out.push_str(&escape(text)),
            Inline::Code(text) => self.out.push_str(&format!("<code>{}</code>", escape(text))),
            Inline::Styled(emphasis, body) => {
                let tag = tag(*emphasis);
                self.out.push_str(&format!("<{tag}>"));
                self.inlines(body);
                self.out.push_str(&format!("</{tag}>"));
            }
            Inline::Colored { foreground, background, body } => {
                let css = colors(*foreground, *background);
                self.out.push_str(&format!("<span style=\"{css}\">"));
                self.inlines(body);
                self.out.push_str("</span>");
            }
            Inline::Link { target, body } => {
                let address = match target {
                    Target::Address(address) => escape(address),
                    Target::Anchor(name) => format!("#{}", escape(name)),
                };
                self.out.push_str(&format!("<a href=\"{address}\">"));
                self.inlines(body);
                self.out.push_str("</a>");
            }
            Inline::Picture(picture) => self.picture(picture),
            Inline::Formula(typeset) => self.formula(typeset),
            Inline::Break => self.out.push_str("<br>\n"),
            Inline::Checkbox(done) => self.out.push_str(if *done { "☑ " } else { "☐ " }),
            Inline::Anchor(name) => self.anchor(name),
            Inline::Notice(message) => {
                self.out.push_str(&format!("<span class=\"notice\">{}</span>", escape(message)));
            }
        }
    }

    fn picture(&mut self, picture: &Picture) {
        let Some(stored) = self.pictures.get(picture.number) else { return };
        let encoded = base64::engine::general_purpose::STANDARD.encode(&stored.bytes);
        self.out.push_str(&format!(
            "<img src=\"data:{};base64,{encoded}\" width=\"{:.0}\" height=\"{:.0}\" alt=\"{}\">",
            stored.format.media_type(),
            picture.width,
            picture.height,
            escape(&picture.alternative)
        ));
    }

    fn formula(&mut self, typeset: &Typeset) {
        match &typeset.formula {
            Some(formula) => self.out.push_str(&formula.mathml()),
            None if typeset.display => self.out.push_str(&format!(
                "<pre class=\"framed formula-source\">{}</pre>",
                escape(&typeset.source)
            )),
            None => self.out.push_str(&format!(
                "<code class=\"formula-source\">{}</code>",
                escape(&typeset.source)
            )),
        }
    }
}

/// The colors as declarations of CSS.
fn colors(foreground: Option<Color>, background: Option<Color>) -> String {
    [("color", foreground), ("background", background)]
        .iter()
        .filter_map(|(property, color)| Some(format!("{property}:{};", (*color)?.hexadecimal())))
        .collect()
}

fn class_of(alignment: Option<Alignment>) -> String {
    alignment.map_or(String::new(), |side| format!(" class=\"{}\"", side.name()))
}

fn tag(emphasis: Emphasis) -> &'static str {
    match emphasis {
        Emphasis::Italic => "em",
        Emphasis::Strong => "strong",
        Emphasis::Struck => "s",
        Emphasis::Underlined => "u",
        Emphasis::Subscript => "sub",
        Emphasis::Superscript => "sup",
        Emphasis::Marked => "mark",
        Emphasis::Small => "small",
        Emphasis::Key => "kbd",
    }
}

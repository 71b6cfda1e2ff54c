//! A page as Typst source: calls of the functions of `page.typ`, with the notebook's text in string literals.

use std::collections::HashMap;

use crate::export::pictures::{Picture, Pictures};
use crate::export::tree::{
    Alignment, Block, Channel, Content, Emphasis, Inline, Line, Output, Page, Section, Span, Table,
    Target, Typeset, words,
};

use super::grid::{Grid, Placed};
use super::literal::quote;
use super::wrap::wrap;
use super::{Paper, Problems};

/// A CSS pixel would be 0.75 points, and the usual figure as wide as the page; at this size a figure and its code
/// fit on one page more often, and its smallest text has 7 points.
const POINTS_PER_PIXEL: f64 = 0.66;
/// Code up to this length stays on one page.
const LONGEST_WHOLE: usize = 10;
/// How many lines of longer code stay with the output.
const LINES_KEPT: usize = 5;
/// Heads of columns are not folded below this width, in characters.
const NARROWEST_HEAD: usize = 10;
/// Words longer than this get places where a line may break.
const LONGEST_WORD: usize = 48;

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
        used: HashMap::new(),
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

/// Typst refuses links to places that don't exist, and places with the same name.
fn labels(page: &Page) -> HashMap<String, String> {
    let mut names = Vec::new();
    for section in &page.sections {
        match &section.content {
            Content::Text(blocks) => collect_anchors(blocks, &mut names),
            Content::Code { outputs, .. } => {
                outputs.iter().for_each(|output| collect_anchors(&output.blocks, &mut names));
            }
        }
    }
    let mut labels = HashMap::new();
    for name in names {
        let number = labels.len();
        labels.entry(name).or_insert_with(|| format!("place-{number}"));
    }
    labels
}

fn collect_anchors(blocks: &[Block], names: &mut Vec<String>) {
    for block in blocks {
        match block {
            Block::Anchor(name) => names.push(name.clone()),
            Block::Heading { anchor, body, .. } => {
                names.push(anchor.clone());
                collect_inline_anchors(body, names);
            }
            Block::Paragraph { body, .. } => collect_inline_anchors(body, names),
            Block::List { items, .. } => items.iter().for_each(|item| collect_anchors(item, names)),
            Block::Quote(blocks) | Block::Group { blocks, .. } => collect_anchors(blocks, names),
            Block::Table(table) => {
                for cell in table.rows.iter().flat_map(|row| &row.cells) {
                    collect_anchors(&cell.blocks, names);
                }
            }
            Block::Lines { .. } | Block::Formula(_) | Block::Rule | Block::Notice(_) => {}
        }
    }
}

fn collect_inline_anchors(body: &[Inline], names: &mut Vec<String>) {
    for inline in body {
        match inline {
            Inline::Anchor(name) => names.push(name.clone()),
            Inline::Styled(_, body) | Inline::Colored { body, .. } | Inline::Link { body, .. } => {
                collect_inline_anchors(body, names);
            }
            _ => {}
        }
    }
}

struct Writer<'a> {
    out: String,
    columns: usize,
    labels: HashMap<String, String>,
    used: HashMap<String, ()>,
    headings: Vec<(u8, String)>,
    problems: &'a Problems,
    pictures: &'a Pictures,
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
    fn blocks(&mut self, blocks: &[Block], depth: usize) -> String {
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
    fn anchor(&mut self, name: &str) -> Option<String> {
        let label = self.labels.get(name)?.clone();
        self.used.insert(label.clone(), ()).is_none().then(|| quote(&label))
    }

    fn list(&mut self, start: Option<u64>, items: &[Vec<Block>], depth: usize) -> String {
        let items: String =
            items.iter().map(|item| format!("{},\n", self.blocks(item, depth + 1))).collect();
        match start {
            Some(start) => format!("enum(start: {start}, {items})"),
            None => format!("list({items})"),
        }
    }

    fn table(&mut self, table: &Table) -> String {
        let grid = Grid::place(table);
        let mut caption =
            if table.caption.is_empty() { "none".into() } else { self.inlines(&table.caption) };
        let mut code = String::from("{\n");
        for part in grid.parts() {
            let mut body = String::from("(");
            let (head, rest): (Vec<_>, Vec<_>) = grid
                .cells
                .iter()
                .filter(|placed| placed.columns > 1 || part.contains(&placed.x))
                .partition(|placed| placed.y < grid.head);
            let mut add = |cells: &[&Placed], body: &mut String| {
                for placed in cells {
                    let room = grid.widths.get(placed.x).copied().unwrap_or(1);
                    body.push_str(&self.cell(placed, &part, room));
                }
            };
            if !head.is_empty() {
                body.push_str("table.header(");
                add(&head, &mut body);
                body.push_str("),");
            }
            add(&rest, &mut body);
            body.push(')');
            code.push_str(&format!(
                "frame({}, {}, {}, {}, {caption}, {body})\n",
                part.len(),
                grid.head,
                table.rows.len(),
                grid.wraps
            ));
            caption = "none".into();
        }
        code.push('}');
        code
    }

    fn cell(&mut self, placed: &Placed, part: &[usize], room: usize) -> String {
        let x = part.iter().position(|&column| column == placed.x).unwrap_or(placed.x);
        let cell = placed.cell;
        let body = match &cell.blocks[..] {
            [Block::Paragraph { body, alignment: None }] if placed.columns == 1 && cell.head => {
                self.inlines(&folded(body, room))
            }
            [Block::Paragraph { body, alignment: None }] => self.inlines(body),
            blocks => self.blocks(blocks, 1),
        };
        let body = if cell.head { format!("strong({body})") } else { body };
        let mut options = format!("x: {x}, y: {}", placed.y);
        if placed.columns > 1 {
            options.push_str(&format!(", colspan: {}", placed.columns));
        }
        if placed.rows > 1 {
            options.push_str(&format!(", rowspan: {}", placed.rows));
        }
        if let Some(alignment) = cell.alignment {
            options.push_str(&format!(", align: {}", side(alignment)));
        }
        if let Some(color) = cell.background {
            options.push_str(&format!(", fill: rgb({})", quote(&color.hexadecimal())));
        }
        format!("table.cell({options}, {body}),\n")
    }

    /// A run of text as one expression.
    fn inlines(&mut self, body: &[Inline]) -> String {
        let mut code = String::from("{");
        for inline in body {
            code.push_str(&self.inline(inline));
            code.push(';');
        }
        code.push_str("[]}");
        code
    }

    fn inline(&mut self, inline: &Inline) -> String {
        match inline {
            Inline::Text(text) => quote(&breakable(text)),
            Inline::Code(text) => format!("code-words({})", quote(&breakable(text))),
            Inline::Styled(emphasis, body) => {
                format!("{}({})", function(*emphasis), self.inlines(body))
            }
            Inline::Colored { foreground, background, body } => {
                let color = |color: &Option<crate::export::tree::Color>| {
                    color.map_or("none".into(), |color| quote(&color.hexadecimal()))
                };
                let body = self.inlines(body);
                format!("colored({}, {}, {body})", color(foreground), color(background))
            }
            Inline::Link { target, body } => self.link(target, body),
            Inline::Picture(picture) => self.picture("inline-picture", picture),
            Inline::Formula(typeset) => set(typeset),
            Inline::Break => "linebreak()".into(),
            Inline::Checkbox(done) => format!("tick({done});\" \""),
            Inline::Anchor(name) => {
                self.anchor(name).map_or("none".into(), |name| format!("anchor({name})"))
            }
            Inline::Notice(message) => format!("inline-notice({})", quote(message)),
        }
    }

    fn link(&mut self, target: &Target, body: &[Inline]) -> String {
        let body = self.inlines(body);
        match target {
            Target::Address(address) => format!("link({}, {body})", quote(address)),
            Target::Anchor(name) => match self.labels.get(name) {
                Some(label) => format!("link(label({}), {body})", quote(label)),
                None => body,
            },
        }
    }

    fn picture(&self, function: &str, picture: &Picture) -> String {
        let Some(stored) = self.pictures.get(picture.number) else {
            let message = format!("picture {}: it cannot be drawn", picture.alternative);
            return format!("inline-notice({})", quote(&message));
        };
        let name = file_name(picture.number, stored.format.extension());
        let points = |pixels: f64| format!("{:.2}pt", (pixels * POINTS_PER_PIXEL).max(0.5));
        format!(
            "{function}({}, {}, {}, {})",
            quote(&name),
            points(picture.width),
            points(picture.height),
            quote(&picture.alternative)
        )
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

fn function(emphasis: Emphasis) -> &'static str {
    match emphasis {
        Emphasis::Italic => "emph",
        Emphasis::Strong => "strong",
        Emphasis::Struck => "struck",
        Emphasis::Underlined => "underline",
        Emphasis::Subscript => "sub",
        Emphasis::Superscript => "super",
        Emphasis::Marked => "marked",
        Emphasis::Small => "smaller",
        Emphasis::Key => "key",
    }
}

fn side(alignment: Alignment) -> &'static str {
    match alignment {
        Alignment::Left => "left",
        Alignment::Center => "center",
        Alignment::Right => "right",
    }
}

fn aligned(body: &str, alignment: Option<Alignment>) -> String {
    match alignment {
        Some(alignment) => format!("align({}, {body})", side(alignment)),
        None => body.to_owned(),
    }
}

fn displayed(typeset: &Typeset) -> String {
    match &typeset.formula {
        Some(formula) => formula.typst(),
        None => format!("formula-source({})", quote(&typeset.source)),
    }
}

fn set(typeset: &Typeset) -> String {
    match &typeset.formula {
        Some(formula) => formula.typst(),
        None => format!("inline-formula-source({})", quote(&typeset.source)),
    }
}

/// The texts of a head in lines no wider than their column.
fn folded(body: &[Inline], room: usize) -> Vec<Inline> {
    let room = room.max(NARROWEST_HEAD);
    let mut result = Vec::new();
    for inline in body {
        let Inline::Text(text) = inline else {
            result.push(inline.clone());
            continue;
        };
        let mut line = String::new();
        for word in text.split_inclusive(' ') {
            if !line.is_empty() && line.chars().count() + word.trim_end().chars().count() > room {
                result.push(Inline::Text(std::mem::take(&mut line).trim_end().to_owned()));
                result.push(Inline::Break);
            }
            line.push_str(word);
        }
        result.push(Inline::Text(line));
    }
    result
}

/// Places in very long words where a line may end: nothing is seen of them.
fn breakable(text: &str) -> String {
    if text.split(' ').all(|word| word.chars().count() <= LONGEST_WORD) {
        return text.to_owned();
    }
    let mut result = String::with_capacity(text.len() + 16);
    let mut since = 0;
    for character in text.chars() {
        result.push(character);
        since = if character == ' ' { 0 } else { since + 1 };
        if since >= LONGEST_WORD / 4 && (!character.is_alphanumeric() || since >= LONGEST_WORD / 2)
        {
            result.push('\u{200B}');
            since = 0;
        }
    }
    result
}

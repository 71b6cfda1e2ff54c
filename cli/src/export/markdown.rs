//! Markdown, through HTML: so that tags in it mean what they mean in a browser.

use comrak::Options;

use super::delimiters::{self, Piece, Syntax};

/// A formula between two texts, as the author wrote it.
pub struct Source {
    pub body: String,
    pub source: String,
    pub display: bool,
}

/// The formulas of a Markdown text, in order.
pub fn formulas(text: &str) -> Vec<Source> {
    separate(text).1
}

/// The HTML of a Markdown text, with marks where its formulas stand.
pub fn html(text: &str) -> (String, Vec<Source>) {
    let (text, formulas) = separate(text);
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    options.extension.alerts = true;
    // Tags are read here and written anew later; none of them reaches the page as it is.
    options.render.r#unsafe = true;
    (comrak::markdown_to_html(&text, &options), formulas)
}

fn separate(text: &str) -> (String, Vec<Source>) {
    let text = delimiters::without_marks(text);
    let mut marked = String::with_capacity(text.len());
    let mut formulas = Vec::new();
    for piece in delimiters::split(&text, Syntax::Markdown) {
        match piece {
            Piece::Text(text) => marked.push_str(text),
            Piece::Formula { body, source, display } => {
                let quote = quote_signs(&marked);
                marked.push_str(&delimiters::mark(formulas.len()));
                let (body, source) = (unquoted(body, &quote), unquoted(source, &quote));
                formulas.push(Source { body, source, display });
            }
        }
    }
    (marked, formulas)
}

/// The `>` signs at the beginning of the line that a formula begins in.
fn quote_signs(before: &str) -> String {
    let line = before.rsplit('\n').next().unwrap_or_default();
    line.chars().take_while(|character| matches!(character, '>' | ' ')).collect()
}

/// A formula over several lines of a quotation, without the signs of the quotation.
fn unquoted(formula: &str, quote: &str) -> String {
    let signs = quote.matches('>').count();
    let strip = |line: &str| {
        let mut rest = line;
        for _ in 0..signs {
            let Some(inner) = rest.trim_start().strip_prefix('>') else { break };
            rest = inner;
        }
        rest.to_owned()
    };
    let mut lines = formula.split('\n');
    let first = lines.next().unwrap_or_default().to_owned();
    lines.fold(first, |text, line| text + "\n" + &strip(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_hidden_from_markdown() {
        let (html, formulas) = html("*a* $x_1 * y_1 * z$ **b** `$c$`");
        assert_eq!(formulas[0].source, "$x_1 * y_1 * z$");
        assert!(html.contains("<em>a</em>") && html.contains("<code>$c$</code>"), "{html}");
        assert!(html.contains(&delimiters::mark(0)));
    }

    #[test]
    fn formulas_in_quotations_lose_their_signs() {
        let (_, formulas) = html("> > $$\n> > a > b\n> > $$\n\n$$c\n> d$$");
        let bodies: Vec<_> = formulas.iter().map(|formula| formula.body.as_str()).collect();
        assert_eq!(bodies, ["\n a > b\n ", "c\n> d"]);
    }

    #[test]
    fn the_usual_extensions_are_on() {
        let (html, _) =
            html("~~a~~\n\n|a|b|\n|-|:-:|\n|1|2|\n\n- [x] c\n\nd[^1] https://e.org\n\n[^1]: f\n");
        for part in ["<del>", "<table>", "checkbox", "footnote", "<a href=\"https://e.org\">"] {
            assert!(html.contains(part), "{part}: {html}");
        }
    }
}

//! The characters behind the commands of TeX: symbols, delimiters, accents, arrows.

use ratex_font::{Mode, get_symbol};

use super::tree::Accent;

/// The characters of a command or a character as the parser hands it over.
pub fn characters(text: &str, mode: Mode) -> Option<String> {
    if let Some(character) = corrected(text) {
        return Some(character.into());
    }
    if !text.is_ascii() {
        return Some(text.to_owned());
    }
    if let Some(character) = get_symbol(text, mode).and_then(|symbol| symbol.codepoint) {
        return Some(character.into());
    }
    (!text.starts_with('\\') || text.len() == 1).then(|| text.to_owned())
}

/// Where the parser's table, made for its own fonts, names a character of another meaning.
fn corrected(command: &str) -> Option<&'static str> {
    Some(match command {
        "\\lvert" | "\\rvert" | "\\vert" => "|",
        "\\lVert" | "\\rVert" | "\\Vert" | "\\|" => "‖",
        "\\emptyset" => "∅\u{FE00}",
        "\\varnothing" => "∅",
        "\\perp" => "⟂",
        "\\amalg" => "⨿",
        "\\bullet" => "•",
        "\\cdotp" => "⋅",
        "\\hslash" => "ℏ",
        "\\smallint" => "∫",
        _ => return None,
    })
}

/// The characters of a large operator.
pub fn operator(command: &str) -> Option<&'static str> {
    Some(match command {
        "\\sum" => "∑",
        "\\prod" => "∏",
        "\\coprod" => "∐",
        "\\bigvee" => "⋁",
        "\\bigwedge" => "⋀",
        "\\bigcap" => "⋂",
        "\\bigcup" => "⋃",
        "\\biguplus" => "⨄",
        "\\bigsqcup" => "⨆",
        "\\bigotimes" => "⨂",
        "\\bigoplus" => "⨁",
        "\\bigodot" => "⨀",
        "\\int" | "\\intop" | "\\smallint" | "∫" => "∫",
        "\\iint" | "∬" => "∬",
        "\\iiint" | "∭" => "∭",
        "\\oint" | "∮" => "∮",
        "\\oiint" | "∯" => "∯",
        "\\oiiint" | "∰" => "∰",
        _ => return None,
    })
}

/// The character of a delimiter; empty for the invisible one.
pub fn delimiter(command: &str) -> Option<String> {
    Some(match command {
        "." => String::new(),
        "<" | "\\lt" | "\\langle" => "⟨".into(),
        ">" | "\\gt" | "\\rangle" => "⟩".into(),
        "\\lgroup" => "⟮".into(),
        "\\rgroup" => "⟯".into(),
        "\\backslash" => "\\".into(),
        command => characters(command, Mode::Math)?,
    })
}

/// The arrow of `\xrightarrow` and its relatives.
pub fn arrow(command: &str) -> Option<char> {
    Some(match command {
        "\\xrightarrow" => '→',
        "\\xleftarrow" => '←',
        "\\xRightarrow" => '⇒',
        "\\xLeftarrow" => '⇐',
        "\\xleftrightarrow" => '↔',
        "\\xLeftrightarrow" => '⇔',
        "\\xhookrightarrow" => '↪',
        "\\xhookleftarrow" => '↩',
        "\\xmapsto" => '↦',
        "\\xrightharpoonup" => '⇀',
        "\\xrightharpoondown" => '⇁',
        "\\xleftharpoonup" => '↼',
        "\\xleftharpoondown" => '↽',
        "\\xrightleftharpoons" | "\\xrightequilibrium" => '⇌',
        "\\xleftrightharpoons" | "\\xleftequilibrium" => '⇋',
        "\\xlongequal" => '=',
        "\\xtwoheadrightarrow" => '↠',
        "\\xtwoheadleftarrow" => '↞',
        "\\xtofrom" | "\\xrightleftarrows" => '⇄',
        _ => return None,
    })
}

/// An entry of the table of accents.
const fn entry(
    command: &'static str,
    combining: char,
    spacing: &'static str,
    wide: bool,
    under: bool,
) -> Accent {
    Accent { command, combining, spacing, wide, under }
}

/// The accents of mathematics.
static ACCENTS: [Accent; 27] = [
    entry("\\acute", '\u{301}', "´", false, false),
    entry("\\grave", '\u{300}', "`", false, false),
    entry("\\ddot", '\u{308}', "¨", false, false),
    entry("\\dddot", '\u{20DB}', "˙˙˙", false, false),
    entry("\\ddddot", '\u{20DC}', "˙˙˙˙", false, false),
    entry("\\tilde", '\u{303}', "~", false, false),
    entry("\\bar", '\u{304}', "¯", false, false),
    entry("\\breve", '\u{306}', "˘", false, false),
    entry("\\check", '\u{30C}', "ˇ", false, false),
    entry("\\hat", '\u{302}', "^", false, false),
    entry("\\vec", '\u{20D7}', "→", false, false),
    entry("\\dot", '\u{307}', "˙", false, false),
    entry("\\mathring", '\u{30A}', "˚", false, false),
    entry("\\widehat", '\u{302}', "^", true, false),
    entry("\\widetilde", '\u{303}', "~", true, false),
    entry("\\widecheck", '\u{30C}', "ˇ", true, false),
    entry("\\overrightarrow", '\u{20D7}', "→", true, false),
    entry("\\Overrightarrow", '\u{20D7}', "⇒", true, false),
    entry("\\overleftarrow", '\u{20D6}', "←", true, false),
    entry("\\overleftrightarrow", '\u{20E1}', "↔", true, false),
    entry("\\overrightharpoon", '\u{20D1}', "⇀", true, false),
    entry("\\overleftharpoon", '\u{20D0}', "↼", true, false),
    entry("\\underrightarrow", '\u{20EF}', "→", true, true),
    entry("\\underleftarrow", '\u{20EE}', "←", true, true),
    entry("\\underleftrightarrow", '\u{034D}', "↔", true, true),
    entry("\\utilde", '\u{330}', "~", true, true),
    entry("\\undertilde", '\u{330}', "~", true, true),
];

/// The accent of a command.
pub fn accent(command: &str) -> Option<&'static Accent> {
    ACCENTS.iter().find(|accent| accent.command == command)
}

/// The combining character of an accent of text mode.
pub fn text_accent(command: &str) -> Option<char> {
    Some(match command {
        "\\'" => '\u{301}',
        "\\`" => '\u{300}',
        "\\^" => '\u{302}',
        "\\~" => '\u{303}',
        "\\=" => '\u{304}',
        "\\u" => '\u{306}',
        "\\." => '\u{307}',
        "\\\"" => '\u{308}',
        "\\c" => '\u{327}',
        "\\r" => '\u{30A}',
        "\\H" => '\u{30B}',
        "\\v" => '\u{30C}',
        "\\textcircled" => '\u{20DD}',
        _ => return None,
    })
}

//! What kinds of elements there are, and what their attributes say.

use scraper::ElementRef;

use crate::export::tree::{Alignment, Color};

pub type Element<'a> = ElementRef<'a>;

/// Elements that stand on lines of their own.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "center",
    "details",
    "dd",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "html",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "search",
    "section",
    "summary",
    "table",
    "ul",
];

/// Elements whose content nobody sees.
const UNSEEN: &[&str] = &[
    "script", "style", "head", "title", "meta", "link", "base", "template", "noframes", "datalist",
    "param", "source", "track", "col", "colgroup",
];

pub fn is_block(name: &str) -> bool {
    BLOCKS.contains(&name)
}

pub fn is_unseen(name: &str) -> bool {
    UNSEEN.contains(&name)
}

pub fn contains_blocks(element: Element) -> bool {
    element.descendent_elements().any(|inner| is_block(inner.value().name()))
}

/// The value of one property in a `style` attribute.
pub fn property<'a>(element: Element<'a>, name: &str) -> Option<&'a str> {
    element.attr("style")?.split(';').find_map(|declaration| {
        let (property, value) = declaration.split_once(':')?;
        property.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

pub fn alignment(element: Element) -> Option<Alignment> {
    let value = property(element, "text-align").or_else(|| element.attr("align"))?;
    match value.to_ascii_lowercase().as_str() {
        "left" | "start" => Some(Alignment::Left),
        "center" | "middle" => Some(Alignment::Center),
        "right" | "end" => Some(Alignment::Right),
        _ => None,
    }
}

pub fn foreground(element: Element) -> Option<Color> {
    property(element, "color").or_else(|| element.attr("color")).and_then(Color::from_css)
}

pub fn background(element: Element) -> Option<Color> {
    property(element, "background-color")
        .or_else(|| property(element, "background"))
        .or_else(|| element.attr("bgcolor"))
        .and_then(Color::from_css)
}

//! What must hold for every notebook, also for those made to do harm: nothing of it becomes code.

use std::collections::HashSet;
use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index;
use scraper::Html;
use serde_json::Value;

use super::context::Shared;
use super::mathematics::tests::{CONSTRUCTORS, WORDS};
use super::notebook::Notebook;
use super::pdf::{Paper, Problems, source};
use super::tree::{Front, Page};
use super::{cells, web};

/// The notebooks of the conformance set.
static SET: LazyLock<Vec<String>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/export/notebooks");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the conformance set")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "ipynb"))
        .collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read_to_string(path).expect("a notebook")).collect()
});

/// Names that Typst source of ours may use outside of string literals.
static NAMES: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let mut names: HashSet<String> = include_str!("pdf/page.typ")
        .lines()
        .chain(super::mathematics::TYPST.lines())
        .filter_map(|line| line.strip_prefix("#let "))
        .filter_map(|rest| rest.split(['(', ' ']).next())
        .map(str::to_owned)
        .collect();
    let builtin = "par strong emph underline sub super link label linebreak list enum table cell header align \
        x y colspan rowspan start true pt";
    names.extend(CONSTRUCTORS.iter().chain(WORDS).map(|name| (*name).to_owned()));
    names.extend(builtin.split_whitespace().map(str::to_owned));
    names
});

/// Text that would do something if it were not quoted.
const HARM: &[&str] = &[
    "#read(\"/etc/passwd\")",
    "\"#panic()\"",
    "\\\"); #panic(); (\\\"",
    "]#import \"@preview/a:0.1.0\"[",
    "$ #read(\"x\") $",
    "$$\\text{\"#panic()}$$",
    "$\\operatorname{\\\"#x}$",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "\"><svg onload=alert(1)>",
    "![x](../../../etc/passwd)",
    "![x](file:///etc/passwd)",
    "<iframe src='file:///etc/passwd'></iframe>",
    "\u{1b}[31m\"#panic()",
    "\u{0}\u{2028}\u{E000}0\u{E001}",
    "```\n\"#panic()\n```",
    "<table><tr><td colspan=99999 rowspan=99999>x<td><table>",
    "<div style=\"color:\\\"#panic();background:url(x)\">x</div>",
    "[x](http://a.b/\"onclick=\"x)",
];

#[derive(Clone, Debug)]
enum Change {
    /// A text of the notebook becomes another one.
    Text(Index, Index),
    /// A value of the notebook gets another type.
    Type(Index, Index),
    /// The file ends early.
    Cut(Index),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        6 => (any::<Index>(), any::<Index>()).prop_map(|(place, text)| Change::Text(place, text)),
        2 => (any::<Index>(), any::<Index>()).prop_map(|(place, kind)| Change::Type(place, kind)),
        1 => any::<Index>().prop_map(Change::Cut),
    ]
}

/// Every value inside another one, itself included.
fn visit<'a>(value: &'a mut Value, found: &mut Vec<&'a mut Value>, wanted: fn(&Value) -> bool) {
    if wanted(value) {
        found.push(value);
        return;
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| visit(item, found, wanted)),
        Value::Object(items) => items.values_mut().for_each(|item| visit(item, found, wanted)),
        _ => {}
    }
}

fn apply(text: &str, changes: &[Change]) -> String {
    let mut value: Value = serde_json::from_str(text).expect("a notebook of the set");
    let mut cut = None;
    for change in changes {
        match change {
            Change::Text(place, harm) => {
                let mut found = Vec::new();
                visit(&mut value, &mut found, Value::is_string);
                let count = found.len();
                if let Some(place) = found.get_mut(place.index(count.max(1))) {
                    **place = (*harm.get(HARM)).into();
                }
            }
            Change::Type(place, kind) => {
                let kinds =
                    [Value::Null, 3.into(), Value::Array(Vec::new()), serde_json::json!({"a": 1})];
                let mut found = Vec::new();
                visit(&mut value, &mut found, |value| !value.is_object() && !value.is_array());
                let count = found.len();
                if let Some(place) = found.get_mut(place.index(count.max(1))) {
                    **place = kind.get(&kinds).clone();
                }
            }
            Change::Cut(place) => cut = Some(*place),
        }
    }
    let text = value.to_string();
    match cut {
        Some(place) => text.chars().take(place.index(text.len().max(1))).collect(),
        None => text,
    }
}

/// What is left of Typst source without its string literals.
fn without_literals(source: &str) -> String {
    let mut code = String::new();
    let mut characters = source.chars();
    while let Some(character) = characters.next() {
        if character != '"' {
            code.push(character);
            continue;
        }
        code.push('?');
        while let Some(inner) = characters.next() {
            match inner {
                '\\' => drop(characters.next()),
                '"' => break,
                _ => {}
            }
        }
    }
    code
}

fn check_typst(source: &source::Source) -> Result<(), TestCaseError> {
    let begin = without_literals(&source.begin);
    prop_assert_eq!(begin.matches('#').count(), 3, "{}", begin);
    for section in &source.sections {
        let code = without_literals(section).replace("[]", "");
        let strange =
            |sign: char| !(sign.is_ascii_alphanumeric() || "{}();,:.-%=> \n?".contains(sign));
        prop_assert!(!code.contains(strange), "{:?}", code.chars().find(|sign| strange(*sign)));
        for word in code.split(|sign: char| !(sign.is_ascii_alphanumeric() || sign == '-')) {
            let is_name = word.starts_with(|sign: char| sign.is_ascii_alphabetic());
            prop_assert!(!is_name || NAMES.contains(word), "{}", word);
        }
    }
    Ok(())
}

fn check_html(html: &str) -> Result<(), TestCaseError> {
    let page = Html::parse_document(html);
    let forbidden = ["script", "iframe", "object", "embed", "link", "base", "form", "svg", "video"];
    for node in page.tree.values() {
        let Some(element) = node.as_element() else { continue };
        prop_assert!(!forbidden.contains(&element.name()), "{}", element.name());
        for (name, value) in element.attrs() {
            prop_assert!(!name.starts_with("on"), "{}", name);
            let allowed: &[&str] = match name {
                "src" => &["data:image/"],
                "href" => &["#", "http://", "https://", "mailto:"],
                _ => continue,
            };
            let lower = value.to_lowercase();
            prop_assert!(allowed.iter().any(|begin| lower.starts_with(begin)), "{}", value);
        }
    }
    Ok(())
}

fn check(text: &str) -> Result<(), TestCaseError> {
    let Ok(notebook) = Notebook::parse(text, "/nowhere/a.ipynb".into()) else { return Ok(()) };
    let mut shared = Shared::default();
    let sections = cells::sections(&notebook, &mut shared, false);
    let front = Front {
        title: notebook.text("title").unwrap_or_default(),
        printed: true,
        authors: notebook.authors(),
        date: notebook.text("date"),
        language: "en".into(),
    };
    let page = Page { front, sections };
    check_typst(&source::write(&page, Paper::A4, &Problems::default(), &shared.pictures))?;
    check_html(&web::write(&page, &shared.pictures))
}

#[test]
fn the_set_as_it_is_becomes_no_code() {
    for text in SET.iter() {
        check(text).expect("a safe page");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_text_of_a_notebook_becomes_code(
        notebook in any::<Index>(),
        changes in prop::collection::vec(change(), 1..6),
    ) {
        check(&apply(notebook.get::<String>(&SET), &changes))?;
    }

    #[test]
    fn any_markdown_becomes_a_page(text in "(\\PC|[\n`*_$\\\\<>\\[\\]|#\"&]|\\$\\$|\\\\begin\\{a\\}|<td>|<p>|- |> )*") {
        let notebook = serde_json::json!({
            "nbformat": 4, "nbformat_minor": 5, "metadata": {},
            "cells": [{"cell_type": "markdown", "metadata": {}, "source": text}],
        });
        check(&notebook.to_string())?;
    }
}

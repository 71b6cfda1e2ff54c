//! Tests over whole formulas; `formulas.txt` holds one formula on each line.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::{Formula, Mathematics, TYPST};

const FORMULAS: &str = include_str!("formulas.txt");

/// A regular expression: anything, or what could be an argument.
const ARGUMENT: &str = r".{0,30}|[-a-zA-Z0-9+^_<>=.|&@(){}\\ ]{0,30}";

/// What Typst code may call besides the functions of `mathematics.typ`.
pub const CONSTRUCTORS: &[&str] = &[
    "accent",
    "attach",
    "binom",
    "cancel",
    "class",
    "display",
    "equation",
    "frac",
    "inline",
    "limits",
    "lr",
    "math",
    "op",
    "overbrace",
    "overbracket",
    "overline",
    "overparen",
    "root",
    "script",
    "sqrt",
    "sscript",
    "underbrace",
    "underbracket",
    "underline",
    "underparen",
    "h",
    "hide",
    "rgb",
    "text",
];

/// Names of arguments, constants and units.
pub const WORDS: &[&str] = &[
    "angle", "block", "bold", "border", "br", "cross", "dotless", "family", "fill", "flat",
    "hline", "inverted", "italic", "side", "size", "t", "b", "tr", "tag", "vline", "center",
    "false", "left", "none", "right", "true", "em", "deg",
];

fn set(source: &str) -> Result<Formula, String> {
    Mathematics::default().set(source, true)
}

/// The code without the insides of its string literals, or `None` if one does not end.
fn outside_of_strings(code: &str) -> Option<String> {
    let mut outside = String::new();
    let mut characters = code.chars();
    while let Some(character) = characters.next() {
        outside.push(character);
        if character != '"' {
            continue;
        }
        loop {
            match characters.next()? {
                '\\' => drop(characters.next()?),
                '"' => break,
                '\n' | '\r' => return None,
                _ => {}
            }
        }
    }
    Some(outside)
}

/// Fails unless the code consists of what the writer writes, and of nothing else.
fn assert_harmless(code: &str) {
    let outside = outside_of_strings(code).expect("every string literal ends");
    let helpers: Vec<&str> = TYPST
        .lines()
        .filter_map(|line| line.strip_prefix("#let "))
        .filter_map(|line| line.split(['(', ' ']).next())
        .collect();
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '-';
    for word in outside.split(|character| !is_part(character)) {
        let name = word.trim_start_matches(|start: char| start.is_ascii_digit() || start == '-');
        let known = name.is_empty()
            || helpers.contains(&name)
            || CONSTRUCTORS.contains(&name)
            || WORDS.contains(&name);
        assert!(known, "{word:?} in {outside}");
    }
    let strange = outside
        .chars()
        .find(|character| !is_part(*character) && !"(){}\",;:.%=> ".contains(*character));
    assert_eq!(strange, None, "in {outside}");
    let arrows = outside.matches('>').count();
    assert_eq!(arrows, outside.matches("tag => ").count(), "in {outside}");
    assert_eq!(arrows, outside.matches('=').count(), "in {outside}");
}

/// Fails unless the formula is sound in both notations.
fn assert_sound(formula: &Formula) {
    assert_harmless(&formula.typst());
    let mathml = formula.mathml();
    let document = roxmltree::Document::parse(&mathml).expect(&mathml);
    assert_eq!(document.root_element().tag_name().name(), "math");
    for element in document.descendants().filter(roxmltree::Node::is_element) {
        let count = element.children().count();
        let expected = match element.tag_name().name() {
            "mfrac" | "mroot" | "msub" | "msup" | "munder" | "mover" => 2,
            "msubsup" | "munderover" => 3,
            _ => count,
        };
        assert_eq!(count, expected, "{mathml}");
    }
}

#[test]
fn every_formula_sets() {
    let mut mathematics = Mathematics::default();
    for formula in FORMULAS.lines() {
        mathematics.announce(formula);
    }
    for source in FORMULAS.lines() {
        for display in [true, false] {
            match mathematics.set(source, display) {
                Ok(formula) => assert_sound(&formula),
                Err(reason) => panic!("{source}: {reason}"),
            }
        }
    }
}

#[test]
fn text_stays_within_literals() {
    for source in [
        r##"\text{"; #panic("x"); \"}"##,
        r#"\verb|"+read("/etc/passwd")+"|"#,
        r#"\textcolor{red"}{x} \unicode{34} \char"22 \operatorname{"x"} \tag{"} "#,
        "\\text{a\u{2028}b\u{202E}c\\\\}",
        r#"\class{\"}{x} \href{javascript:alert(1)}{x} \htmlStyle{color:red}{x}"#,
        r##"\mathrm{"#import} \mathtt{\#eval} \left" x \right""##,
    ] {
        if let Ok(formula) = set(source) {
            assert_sound(&formula);
        }
    }
}

#[test]
fn hostile_formulas_end_quickly() {
    let repeated = |text: &str, count: usize| text.repeat(count);
    let sources = [
        repeated("{", 100_000),
        repeated("{", 9000),
        repeated("{", 9000) + &repeated("}", 9000),
        repeated("\\frac{", 3000),
        repeated("\\sqrt", 3000) + "x",
        repeated("\\hat", 3000) + "x",
        repeated("x^{", 5000),
        repeated("x_", 5000),
        repeated("\\left(", 3000),
        repeated("\\begin{matrix}", 1000),
        repeated("\\text{$", 2000),
        repeated("\\tag{", 3000),
        repeated("\\color{red}", 1500),
        repeated("\\mathbf", 2000) + "x",
        repeated("\\not", 4000) + "x",
        repeated("&\\\\", 4000),
        format!("\\begin{{matrix}}{}\\end{{matrix}}", repeated("&", 19_000)),
        format!("\\begin{{matrix}}{}\\end{{matrix}}", repeated("\\\\", 9000)),
        r"\def\a{\a\a}\a".into(),
        r"\def\a{\b\b}\def\b{\c\c}\def\c{\a\a}\a".into(),
        r"\newcommand{\a}[1][\a\a\a\a]{#1#1} \a".into(),
        r"\newcommand{\a}[1][x]{\a[#1#1]} \a".into(),
        r"\begin{align} a".into(),
        r"\begin{array}{*{99}{*{99}{*{99}{c}}}} a \end{array}".into(),
        r"\begin{} \end \left \right \frac \newcommand \def \let".into(),
        r"\rule{1e308cm}{-1e308cm} \kern1e999em \hspace{NaNem}".into(),
        "\0 \u{7} \u{FFFF} \u{10FFFF} \u{10FF01} \u{10FF02}".into(),
        "😀 👨‍👩‍👧 \u{301} \u{338}\u{338} \\not\\not\\not".into(),
        "% only a comment".into(),
        String::new(),
        "\\".into(),
        "\\verb".into(),
        "$$ x $ y $$".into(),
    ];
    for source in &sources {
        let start = Instant::now();
        if let Ok(formula) = set(source) {
            assert_sound(&formula);
        }
        assert!(start.elapsed() < Duration::from_secs(5), "{:.40}", source);
    }
}

#[test]
fn reasons_fit_on_one_line() {
    for source in ["\\undefined", "x^", "{", "a & b", "\\begin{nothing}x\\end{nothing}"] {
        let reason = set(source).expect_err(source);
        assert!(!reason.is_empty() && !reason.contains('\n'), "{reason}");
    }
}

#[test]
fn macros_carry_over() {
    let mut mathematics = Mathematics::default();
    let definition = mathematics.set(
        r"\newcommand{\E}{\mathbb{E}} \def\pair#1#2{(#1, #2)} \DeclareMathOperator{\tr}{tr}",
        true,
    );
    assert!(definition.is_ok_and(|formula| formula.is_definition_only()));
    let formula = mathematics.set(r"\E\pair{x}{y} + \tr(A)", false).expect("macros are known");
    assert!(formula.mathml().contains('𝔼') && formula.mathml().contains("<mi>tr</mi>"));
    assert!(!formula.is_definition_only());
    mathematics.set(r"\newcommand{\E}{\mathcal{E}}", true).expect("may be defined again");
    assert!(mathematics.set(r"\E", true).is_ok_and(|formula| formula.mathml().contains('ℰ')));
    assert!(mathematics.set(r"\renewcommand{\E}{E} \undefined", true).is_err());
    assert!(mathematics.set(r"\E", true).is_ok_and(|formula| formula.mathml().contains(">E<")));
}

#[test]
fn macros_of_the_notebook_go_first() {
    let mut mathematics = Mathematics::default();
    mathematics
        .set(r"\def\root{r} \newcommand{\style}{s} \newcommand{\R}{Q}", true)
        .expect("defines");
    let formula = mathematics.set(r"\root + \style + \R", true).expect("uses").mathml();
    assert!(formula.contains("<mi>r</mi>") && formula.contains("<mi>Q</mi>"), "{formula}");
}

#[test]
fn first_arguments_have_defaults() {
    let mut mathematics = Mathematics::default();
    mathematics.set(r"\newcommand{\norm}[2][2]{\lVert #2 \rVert_{#1}}", true).expect("defines");
    let with_default = mathematics.set(r"\norm{x}", true).expect("takes the default");
    let given = mathematics.set(r"\norm[1]{x}", true).expect("takes the argument");
    assert!(with_default.mathml().contains("<mn>2</mn>"));
    assert!(given.mathml().contains("<mn>1</mn>"));
    assert!(mathematics.set(r"\def\interval(#1,#2){[#1;#2]}", true).is_err());
}

#[test]
fn references_find_labels_that_come_later() {
    let mut mathematics = Mathematics::default();
    let (reference, equation) = (
        r"\eqref{eq:a}, \ref{eq:none}",
        r"\begin{align} \label{eq:a} x \tag{A.1} \\ y \end{align}",
    );
    mathematics.announce(reference);
    mathematics.announce(equation);
    let reference = mathematics.set(reference, false).expect("refers").mathml();
    assert!(reference.contains("(A.1)") && reference.contains("???"), "{reference}");
}

#[test]
fn only_tags_number_equations() {
    let code = |source: &str| set(source).map(|formula| formula.typst()).unwrap_or_default();
    assert!(!code(r"\begin{align} a \\ b \end{align}").contains("tag("));
    assert!(!code(r"\begin{equation} a \label{x} \end{equation}").contains("tag("));
    assert!(!code(r"\begin{align} a \nonumber \\ b \notag \end{align}").contains("tag("));
    assert_eq!(
        code(r"\begin{align} a \tag{1} \\ b \tag*{2} \end{align}").matches("tag(").count(),
        2
    );
    assert!(code(r"\tag{3} a = b").contains("tag("));
}

#[test]
fn signs_are_operations_only_between_operands() {
    let code = |source: &str| set(source).map(|formula| formula.typst()).unwrap_or_default();
    assert!(code("a - b").contains("tex-binary(\"−\")"));
    assert!(code("-b").contains("tex-normal(\"−\")"));
    assert!(code("a = -b").contains("tex-normal(\"−\")"));
    assert!(code(r"a \textcolor{red}{- b}").contains("tex-binary(\"−\")"));
}

#[test]
fn words_and_numbers_stay_whole() {
    let code = |source: &str| set(source).map(|formula| formula.typst()).unwrap_or_default();
    assert!(code(r"\mathrm{KL}").contains("\"KL\""));
    assert!(code("10{,}000.5").contains("\"10,000.5\""));
    assert!(code(r"\operatorname{arg\,max}").contains("\"arg\""));
    assert!(code(r"\text{where } x").contains("\"where \""));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn garbage_is_harmless(source in ".{0,60}") {
        if let Ok(formula) = set(&source) {
            assert_sound(&formula);
        }
    }

    #[test]
    fn garbage_of_tex_is_harmless(pieces in proptest::collection::vec(piece(), 0..25)) {
        if let Ok(formula) = set(&pieces.concat()) {
            assert_sound(&formula);
        }
    }

    #[test]
    fn garbage_as_an_argument_is_harmless(command in command(), argument in ARGUMENT) {
        if let Ok(formula) = set(&command.replace('*', &argument)) {
            assert_sound(&formula);
        }
    }

    #[test]
    fn damaged_formulas_are_harmless(
        line in 0..FORMULAS.lines().count(),
        place in 0..200_usize,
        insert in piece(),
    ) {
        let formula: Vec<char> = FORMULAS.lines().nth(line).unwrap_or_default().chars().collect();
        let place = place.min(formula.len());
        let (start, end) = (formula[..place].iter(), formula[place..].iter().skip(1));
        let source: String = start.collect::<String>() + &insert + &end.collect::<String>();
        if let Ok(formula) = set(&source) {
            assert_sound(&formula);
        }
    }
}

/// A command that reads its argument in a way of its own; a star stands for the argument.
fn command() -> impl Strategy<Value = String> {
    let commands = [
        "\\ce{*}",
        "\\pu{*}",
        "\\begin{CD}*\\end{CD}",
        "\\begin{array}{*}a&b\\end{array}",
        "\\color{*}x",
        "\\kern*x",
        "\\char*",
        "\\text{*}",
        "\\tag{*}",
        "\\left*x\\right)",
        "\\begin{*}\\end{*}",
        "\\rule{*}{1em}",
        "\\genfrac{*}{)}{*}{}{a}{b}",
        "\\newcommand{\\a}[*]{b}",
        "\\def\\a*{b}",
        "\\verb*",
        "\\operatorname{*}",
        "\\unicode{*}",
        "\\big*",
        "a\\\\[*]b",
        "\\begin{prooftree}*\\end{prooftree}",
        "\\label{*}\\ref{*}",
        "\\DeclareMathOperator{*}{x}",
        "\\let*",
        "\\sqrt[*]{x}",
        "\\mathbb{*}",
    ];
    proptest::sample::select(commands.map(String::from).to_vec())
}

/// A piece of TeX.
fn piece() -> impl Strategy<Value = String> {
    let pieces = [
        "{",
        "}",
        "^",
        "_",
        "&",
        "\\\\",
        "\\",
        "\"",
        "#",
        "$",
        "%",
        "'",
        "[",
        "]",
        "x",
        "1",
        " ",
        "é",
        "😀",
        "\u{301}",
        "\u{338}",
        "\\not",
        "\\frac",
        "\\sqrt",
        "\\left",
        "\\right",
        "(",
        ")",
        "|",
        ".",
        "\\middle",
        "\\text",
        "\\textbf",
        "\\begin{align}",
        "\\end{align}",
        "\\begin{matrix}",
        "\\end{matrix}",
        "\\begin{array}{c|c}",
        "\\end{array}",
        "\\hline",
        "\\tag",
        "\\label",
        "\\eqref",
        "\\color{red}",
        "\\def\\a",
        "\\newcommand\\b",
        "\\a",
        "\\b",
        "\\operatorname*",
        "\\mathop",
        "\\sum",
        "\\limits",
        "\\hat",
        "\\underbrace",
        "\\boxed",
        "\\ce",
        "\\verb|",
        "\\char",
        "\\unicode",
        "\\mathbb",
        "\\bm",
        "\\,",
        "\\!",
        "\\over",
        "\\substack",
        "\\xrightarrow",
        "\\phantom",
        "\\smash",
        "\\raisebox",
        "\\kern",
        "1em",
        "\\big",
        "\\displaystyle",
        "\\mathrm",
        "\\cancel",
        "\\sideset",
        "\\root",
        "\\of",
        "\\pmatrix",
        "\\cr",
        "\\begin{CD}",
        "@>",
        "\\end{CD}",
        "\\tiny",
        "\\let",
        "\\stackrel",
    ];
    proptest::sample::select(pieces.map(String::from).to_vec())
}

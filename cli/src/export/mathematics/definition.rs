//! Macros: those that make the parser speak MathJax's dialect, and those of the notebook.

use std::collections::BTreeMap;

use ratex_parser::Parser;
use ratex_parser::macro_expander::MacroDefinition;

/// More macros than any notebook defines.
const MOST: usize = 5000;

/// Commands of MathJax that the parser lacks, and those it builds from pieces where one
/// character is meant.
const BUILT_IN: &[(&str, &str)] = &[
    ("\\not", "\\char\"338 "),
    ("\\,", "\\kern.16667em "),
    ("\\:", "\\kern.22222em "),
    ("\\>", "\\kern.22222em "),
    ("\\;", "\\kern.27778em "),
    ("\\!", "\\kern-.16667em "),
    ("\\quad", "\\kern1em "),
    ("\\qquad", "\\kern2em "),
    ("\\vdots", "\\mathord{\\char\"22EE}"),
    ("\\copyright", "\\text{\\char\"A9}"),
    ("\\textregistered", "\\text{\\char\"AE}"),
    ("\\vcentcolon", "\\mathrel{\\char\"3A}"),
    ("\\dblcolon", "\\mathrel{\\char\"2237}"),
    ("\\coloneqq", "\\mathrel{\\char\"2254}"),
    ("\\Coloneqq", "\\mathrel{\\char\"2A74}"),
    ("\\eqqcolon", "\\mathrel{\\char\"2255}"),
    ("\\coloneq", "\\mathrel{\\char\"3A\\char\"2212}"),
    ("\\eqcolon", "\\mathrel{\\char\"2212\\char\"3A}"),
    ("\\llbracket", "\\mathopen{\\char\"27E6}"),
    ("\\rrbracket", "\\mathclose{\\char\"27E7}"),
    ("\\lBrace", "\\mathopen{\\char\"2983}"),
    ("\\rBrace", "\\mathclose{\\char\"2984}"),
    ("\\notin", "\\mathrel{\\char\"2209}"),
    ("\\notni", "\\mathrel{\\char\"220C}"),
    ("\\neq", "\\mathrel{\\char\"2260}"),
    ("\\imath", "\\char\"131 "),
    ("\\jmath", "\\char\"237 "),
    ("\\mathds", "\\mathbb"),
    ("\\mathbbm", "\\mathbb"),
    ("\\mathbbmss", "\\mathbb"),
    ("\\symbf", "\\mathbf"),
    ("\\mbox", "\\text"),
    ("\\textup", "\\text"),
    ("\\mathup", "\\mathrm"),
    ("\\Tiny", "\\tiny"),
    ("\\mspace", "\\mskip#1\\relax "),
    ("\\ensuremath", "#1"),
    ("\\strut", "\\mathstrut"),
    ("\\hfil", ""),
    ("\\hfill", ""),
    ("\\hss", ""),
    ("\\allowbreak", ""),
    ("\\goodbreak", ""),
    ("\\nobreak", ""),
    ("\\break", ""),
    ("\\noindent", ""),
    ("\\centering", ""),
    ("\\protect", ""),
    ("\\nolinebreak", ""),
    ("\\iddots", "\\mathinner{\\char\"22F0}"),
    ("\\adots", "\\mathinner{\\char\"22F0}"),
    ("\\degree", "\\char\"B0 "),
    ("\\micro", "\\char\"B5 "),
    ("\\idotsint", "\\int\\!\\cdots\\!\\int"),
    ("\\iiiint", "\\mathop{\\int\\!\\!\\!\\int\\!\\!\\!\\int\\!\\!\\!\\int}"),
    ("\\ket", "\\mathinner{|{#1}\\rangle}"),
    ("\\ketbra", "\\mathinner{|{#1}\\rangle\\langle{#2}|}"),
    ("\\overparen", "\\overgroup"),
    ("\\underparen", "\\undergroup"),
    ("\\wideparen", "\\overgroup"),
    ("\\undertilde", "\\utilde"),
];

/// The macros of a notebook.
#[derive(Clone, Debug, Default)]
pub struct Definitions {
    macros: BTreeMap<String, MacroDefinition>,
}

impl Definitions {
    /// Makes the macros known to a parser.
    pub fn teach(&self, parser: &mut Parser) {
        for (name, text) in BUILT_IN {
            let definition = MacroDefinition::Text((*text).into());
            parser.gullet.set_macro_global((*name).into(), definition);
        }
        for (name, definition) in &self.macros {
            parser.gullet.set_macro_global(name.clone(), definition.clone());
        }
    }

    /// Learns the macros of these names from a parser that has read their definitions.
    pub fn learn(&mut self, parser: &Parser, names: Vec<String>) {
        for name in names {
            if self.macros.len() >= MOST {
                return;
            }
            if let Some(definition) = parser.gullet.get_macro(&name) {
                self.macros.insert(name, definition.clone());
            }
        }
    }
}

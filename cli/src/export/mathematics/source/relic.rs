//! Commands of plain TeX and of packages that the parser lacks.

use super::super::scanner::{Scanner, Token};
use super::{DEEPEST, Rewriter};

impl Rewriter<'_, '_> {
    /// `\unicode{x2225}`
    pub fn unicode(&mut self) {
        self.scanner.bracket();
        let code = self.scanner.group().unwrap_or_default().trim();
        let number = match code.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok(),
            None => code.parse().ok(),
        };
        if let Some(character) = number.and_then(char::from_u32) {
            self.push(&format!("\\char\"{:X} ", u32::from(character)));
        }
    }

    /// `\sideset{_a^b}{_c^d}\prod`
    pub fn side_set(&mut self) -> Result<(), String> {
        let before = self.scanner.group().unwrap_or_default().to_owned();
        let after = self.scanner.group().unwrap_or_default().to_owned();
        let operator = self.scanner.group().unwrap_or_default().to_owned();
        self.push(&format!("\\mathop{{{{\\vphantom{{{operator}}}}}"));
        self.part(&before)?;
        self.push(&format!("{operator}\\nolimits "));
        self.part(&after)?;
        self.push("}\\limits ");
        Ok(())
    }

    /// `\root n \of {..}`
    pub fn root(&mut self) -> Result<(), String> {
        let index = self.scanner.until("\\of").ok_or("\\root lacks \\of")?.to_owned();
        self.push("\\sqrt[");
        self.part(&index)?;
        self.push("]");
        Ok(())
    }

    /// `\pmatrix{a & b \cr c & d}`
    pub fn plain_table(&mut self, name: &str) -> Result<(), String> {
        let name = name.trim_start_matches('\\').to_owned();
        let body = self.scanner.group().unwrap_or_default().to_owned();
        self.push(&format!("\\begin{{{name}}}"));
        self.part(&body)?;
        self.push(&format!("\\end{{{name}}}"));
        Ok(())
    }
}

/// The columns of an array, as far as the parser knows them: l, c, r and lines.
pub fn columns_of(columns: &str, depth: usize) -> Result<String, String> {
    if depth > DEEPEST {
        return Err("The columns of an array are nested too deeply".into());
    }
    let mut scanner = Scanner::new(columns);
    let mut plain = String::new();
    while let Some(token) = scanner.next_token() {
        let Token::Character(character) = token else { continue };
        match character {
            "l" | "c" | "r" | "|" | ":" => plain.push_str(character),
            "p" | "m" | "b" => {
                scanner.group();
                plain.push('l');
            }
            "@" | "!" | ">" | "<" => drop(scanner.group()),
            "*" => {
                let count = scanner.group().unwrap_or_default().trim().parse().unwrap_or(1);
                let repeated = columns_of(scanner.group().unwrap_or_default(), depth + 1)?;
                plain.push_str(&repeated.repeat(std::cmp::min(count, 100)));
            }
            _ => {}
        }
        if plain.len() > 1000 {
            return Err("An array has too many columns".into());
        }
    }
    Ok(plain)
}

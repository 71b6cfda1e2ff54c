//! The alphabets of mathematics: which Unicode character stands for a letter in bold, script, …

use super::tree::Shape;

/// An alphabet of TeX.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// Slanted variables.
    Normal,
    /// `\mathrm`
    Roman,
    /// `\mathit`
    Italic,
    /// `\mathbf`
    Bold,
    /// `\boldsymbol`: bold, in the shape the letter has without it.
    BoldSymbol,
    /// `\mathcal`
    Calligraphic,
    /// `\mathscr`
    Script,
    /// `\mathfrak`
    Fraktur,
    /// `\mathbb`
    DoubleStruck,
    /// `\mathsf`
    SansSerif,
    /// `\mathsfit`
    SansSerifItalic,
    /// `\mathtt`
    Monospace,
}

/// Letters that had a place in Unicode before the alphabets did.
const EARLIER: [(Alphabet, char, char); 24] = [
    (Alphabet::Italic, 'h', 'ℎ'),
    (Alphabet::Script, 'B', 'ℬ'),
    (Alphabet::Script, 'E', 'ℰ'),
    (Alphabet::Script, 'F', 'ℱ'),
    (Alphabet::Script, 'H', 'ℋ'),
    (Alphabet::Script, 'I', 'ℐ'),
    (Alphabet::Script, 'L', 'ℒ'),
    (Alphabet::Script, 'M', 'ℳ'),
    (Alphabet::Script, 'R', 'ℛ'),
    (Alphabet::Script, 'e', 'ℯ'),
    (Alphabet::Script, 'g', 'ℊ'),
    (Alphabet::Script, 'o', 'ℴ'),
    (Alphabet::Fraktur, 'C', 'ℭ'),
    (Alphabet::Fraktur, 'H', 'ℌ'),
    (Alphabet::Fraktur, 'I', 'ℑ'),
    (Alphabet::Fraktur, 'R', 'ℜ'),
    (Alphabet::Fraktur, 'Z', 'ℨ'),
    (Alphabet::DoubleStruck, 'C', 'ℂ'),
    (Alphabet::DoubleStruck, 'H', 'ℍ'),
    (Alphabet::DoubleStruck, 'N', 'ℕ'),
    (Alphabet::DoubleStruck, 'P', 'ℙ'),
    (Alphabet::DoubleStruck, 'Q', 'ℚ'),
    (Alphabet::DoubleStruck, 'R', 'ℝ'),
    (Alphabet::DoubleStruck, 'Z', 'ℤ'),
];

/// Greek symbols after the letters of each Greek alphabet, in the order of Unicode.
const GREEK_SYMBOLS: [char; 7] = ['∂', 'ϵ', 'ϑ', 'ϰ', 'ϕ', 'ϱ', 'ϖ'];

impl Alphabet {
    /// The alphabet of a font command, without its backslash.
    pub fn named(command: &str) -> Option<Alphabet> {
        Some(match command {
            "mathnormal" => Alphabet::Normal,
            "mathrm" => Alphabet::Roman,
            "mathit" => Alphabet::Italic,
            "mathbf" => Alphabet::Bold,
            "boldsymbol" => Alphabet::BoldSymbol,
            "mathcal" => Alphabet::Calligraphic,
            "mathscr" => Alphabet::Script,
            "mathfrak" => Alphabet::Fraktur,
            "mathbb" => Alphabet::DoubleStruck,
            "mathsf" => Alphabet::SansSerif,
            "mathsfit" => Alphabet::SansSerifItalic,
            "mathtt" => Alphabet::Monospace,
            _ => return None,
        })
    }

    /// Whether neighbouring letters of the alphabet form one word, as in `\mathrm{KL}`.
    pub fn forms_words(self) -> bool {
        use Alphabet::{Bold, Italic, Monospace, Roman, SansSerif, SansSerifItalic};
        matches!(self, Roman | Italic | Bold | SansSerif | SansSerifItalic | Monospace)
    }

    /// The letter in this alphabet.
    pub fn letter(self, letter: char) -> (String, Shape) {
        if self == Alphabet::BoldSymbol {
            let bold = if is_upright_by_itself(letter) { Alphabet::Bold } else { self };
            return (mapped(bold, letter).unwrap_or(letter).to_string(), Shape::Upright);
        }
        let source = match self {
            Alphabet::Calligraphic => Alphabet::Script,
            alphabet => alphabet,
        };
        match (self, mapped(source, letter)) {
            (Alphabet::Normal, _) if is_upright_by_itself(letter) => {
                (letter.into(), Shape::Upright)
            }
            (Alphabet::Normal, _) => (letter.into(), Shape::Slanted),
            // The two styles of script letters share their characters; a selector tells them apart.
            (Alphabet::Calligraphic, Some(mapped)) => (format!("{mapped}\u{FE00}"), Shape::Upright),
            (Alphabet::Script, Some(mapped)) => (format!("{mapped}\u{FE01}"), Shape::Upright),
            (_, Some(mapped)) => (mapped.into(), Shape::Upright),
            (_, None) => (letter.into(), Shape::Upright),
        }
    }
}

/// Capital Greek letters, digits and the like stand upright without any command.
fn is_upright_by_itself(letter: char) -> bool {
    matches!(letter, 'Α'..='Ω' | '∇' | '0'..='9' | '\u{2100}'..='\u{214F}')
        && !matches!(letter, 'ℓ' | '℘' | 'ℏ' | 'ℎ')
}

/// The character of a letter in an alphabet, where Unicode has one.
fn mapped(alphabet: Alphabet, letter: char) -> Option<char> {
    let earlier = EARLIER.iter().find(|(other, base, _)| *other == alphabet && *base == letter);
    if let Some((_, _, character)) = earlier {
        return Some(*character);
    }
    let (start, offset) = match letter {
        'A'..='Z' => (latin(alphabet)?, letter as u32 - 'A' as u32),
        'a'..='z' => (latin(alphabet)?, letter as u32 - 'a' as u32 + 26),
        '0'..='9' => (digits(alphabet)?, letter as u32 - '0' as u32),
        'Α'..='Ω' => (greek(alphabet)?, letter as u32 - 'Α' as u32),
        '∇' => (greek(alphabet)?, 25),
        'α'..='ω' => (greek(alphabet)?, letter as u32 - 'α' as u32 + 26),
        _ => {
            let position = GREEK_SYMBOLS.iter().position(|symbol| *symbol == letter)?;
            (greek(alphabet)?, 51 + u32::try_from(position).ok()?)
        }
    };
    char::from_u32(start + offset)
}

/// Where the Latin letters of an alphabet begin.
fn latin(alphabet: Alphabet) -> Option<u32> {
    Some(match alphabet {
        Alphabet::Bold => 0x1D400,
        Alphabet::Italic => 0x1D434,
        Alphabet::BoldSymbol => 0x1D468,
        Alphabet::Script => 0x1D49C,
        Alphabet::Fraktur => 0x1D504,
        Alphabet::DoubleStruck => 0x1D538,
        Alphabet::SansSerif => 0x1D5A0,
        Alphabet::SansSerifItalic => 0x1D608,
        Alphabet::Monospace => 0x1D670,
        _ => return None,
    })
}

/// Where the digits of an alphabet begin.
fn digits(alphabet: Alphabet) -> Option<u32> {
    Some(match alphabet {
        Alphabet::Bold | Alphabet::BoldSymbol => 0x1D7CE,
        Alphabet::DoubleStruck => 0x1D7D8,
        Alphabet::SansSerif | Alphabet::SansSerifItalic => 0x1D7E2,
        Alphabet::Monospace => 0x1D7F6,
        _ => return None,
    })
}

/// Where the Greek letters of an alphabet begin.
fn greek(alphabet: Alphabet) -> Option<u32> {
    Some(match alphabet {
        Alphabet::Bold => 0x1D6A8,
        Alphabet::Italic => 0x1D6E2,
        Alphabet::BoldSymbol => 0x1D71C,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_find_their_characters() {
        for (alphabet, letter, expected) in [
            (Alphabet::Normal, 'x', "x"),
            (Alphabet::Bold, 'x', "𝐱"),
            (Alphabet::BoldSymbol, 'μ', "𝝁"),
            (Alphabet::BoldSymbol, 'Σ', "𝚺"),
            (Alphabet::BoldSymbol, 'ϵ', "𝝐"),
            (Alphabet::Bold, '∇', "𝛁"),
            (Alphabet::DoubleStruck, 'E', "𝔼"),
            (Alphabet::DoubleStruck, 'R', "ℝ"),
            (Alphabet::DoubleStruck, '1', "𝟙"),
            (Alphabet::Fraktur, 'g', "𝔤"),
            (Alphabet::Monospace, 'c', "𝚌"),
            (Alphabet::SansSerif, 'P', "𝖯"),
        ] {
            assert_eq!(alphabet.letter(letter).0, expected);
        }
    }
}

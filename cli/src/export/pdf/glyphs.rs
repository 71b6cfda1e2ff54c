//! Characters that may have no glyph.

use std::collections::BTreeSet;

use ttf_parser::Face;

/// More than this need not be named one by one.
const MOST: usize = 64;

/// The characters that the fonts which are always there do not have. Whether the machine has another font for them
/// is for Typst to say.
pub fn unusual(sections: &[String]) -> Vec<String> {
    let faces: Vec<Face> = [dejavu::sans::regular(), dejavu::sans_mono::regular()]
        .into_iter()
        .filter_map(|font| Face::parse(font, 0).ok())
        .collect();
    let characters: BTreeSet<char> = sections
        .iter()
        .flat_map(|section| section.chars())
        .filter(|character| !character.is_ascii() && !is_unseen(*character))
        .collect();
    characters
        .into_iter()
        .filter(|character| faces.iter().all(|face| face.glyph_index(*character).is_none()))
        .take(MOST)
        .map(String::from)
        .collect()
}

/// Joiners, selectors and spaces, which need no glyph; and letters of formulas, which have a font of their own.
fn is_unseen(character: char) -> bool {
    character.is_whitespace()
        || matches!(u32::from(character),
            0xAD | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0xFE00..=0xFE0F
            | 0xFEFF | 0x1D400..=0x1D7FF | 0xE0000..=0xE0FFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_europe_are_usual_and_others_are_not() {
        assert!(unusual(&["Größe, Ω ≤ 3, кириллица → “a” ─┐ \u{200B}𝛼".into()]).is_empty());
        assert_eq!(unusual(&["価格 🦀 価".into()]), ["価", "格", "🦀"].map(String::from));
    }
}

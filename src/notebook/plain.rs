//! Numbers, text and the standard library's containers, shown as `{:?}` writes them.
//!
//! evcxr prints them alike when nothing else shows them. But it first compiles every shown cell with a call of
//! [`Show::evcxr_display`], and again without it where that fails: with these implementations one time is
//! enough. For numbers they are needed: of `let a = 5;` the compiler knows no type yet when `a` is shown in
//! the same cell, and a trait that no number implements makes that an error of the reader's.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::fmt::Debug;

use super::{Rich, Show};

macro_rules! shown_by_debug {
    ($([$($generics:tt)*] $type:ty),+ $(,)?) => {
        $(
            impl<$($generics)*> Show for $type {
                fn rich(&self) -> Rich {
                    Rich::text(format!("{self:?}"))
                }
            }
        )+
    };
}

shown_by_debug!(
    [] i8, [] i16, [] i32, [] i64, [] i128, [] isize,
    [] u8, [] u16, [] u32, [] u64, [] u128, [] usize,
    [] f32, [] f64, [] bool, [] char, [] str, [] String,
    [T: Debug] [T],
    [T: Debug, const N: usize] [T; N],
    [T: Debug] Vec<T>,
    [T: Debug] VecDeque<T>,
    [T: Debug] Option<T>,
    [T: Debug] BTreeSet<T>,
    [T: Debug, S] HashSet<T, S>,
    [K: Debug, V: Debug] BTreeMap<K, V>,
    [K: Debug, V: Debug, S] HashMap<K, V, S>,
    [A: Debug, B: Debug] (A, B),
    [A: Debug, B: Debug, C: Debug] (A, B, C),
    [A: Debug, B: Debug, C: Debug, D: Debug] (A, B, C, D),
);

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &(impl Show + ?Sized)) -> String {
        value.rich().get("text/plain").unwrap_or_default().to_owned()
    }

    #[test]
    fn everyday_values_are_shown_as_evcxr_shows_them() {
        assert_eq!(text(&5), "5");
        assert_eq!(text(&2.0), "2.0");
        assert_eq!(text("a\n"), r#""a\n""#);
        assert_eq!(text(&vec![Some("a"), None]), r#"[Some("a"), None]"#);
        assert_eq!(text(&[1_u8; 3]), "[1, 1, 1]");
        assert_eq!(text(&(1, 'b', true)), "(1, 'b', true)");
        assert_eq!(text(&HashMap::from([("k", 1)])), r#"{"k": 1}"#);
        assert_eq!(text(&BTreeSet::from([2, 1])), "{1, 2}");
    }

    /// As evcxr calls it for `let a = 5;` with `a` in the same cell. It is the compiler that checks this.
    #[test]
    fn a_number_without_a_type_can_be_shown() {
        let (a, b) = (6 * 7, 2.5);
        (a).evcxr_display();
        (b).evcxr_display();
    }
}

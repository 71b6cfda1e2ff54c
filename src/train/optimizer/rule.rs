//! The choice among the rules.

use tch::TchError;

use super::span::Span;
use super::{Adam, AdamW, RmsProp, Sgd};
use crate::{Error, Result};

/// How weights follow their gradients: one of the rules, with its options. Each rule turns into one by itself, so that
/// it is seldom written out.
///
/// # Example
/// ```
/// use latentlab::train::{Rule, Sgd};
///
/// let rule: Rule = Sgd::new(0.1).into();
/// assert_eq!(rule.learning_rate(), 0.1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// [`Adam`].
    Adam(Adam),
    /// [`AdamW`].
    AdamW(AdamW),
    /// [`RmsProp`].
    RmsProp(RmsProp),
    /// [`Sgd`].
    Sgd(Sgd),
}

macro_rules! rules {
    ($($name:ident),*) => {
        $(
            impl From<$name> for Rule {
                fn from(rule: $name) -> Self {
                    Self::$name(rule)
                }
            }
        )*

        impl Rule {
            /// The rule's learning rate, before any schedule.
            ///
            /// # Example
            /// ```
            /// use latentlab::train::{Adam, Rule};
            ///
            /// assert_eq!(Rule::from(Adam::new(1e-3)).learning_rate(), 1e-3);
            /// ```
            pub fn learning_rate(&self) -> f64 {
                match self { $(Self::$name(rule) => rule.learning_rate),* }
            }

            /// The rule's name: "Adam".
            ///
            /// # Example
            /// ```
            /// use latentlab::train::{Adam, Rule};
            ///
            /// assert_eq!(Rule::from(Adam::new(1e-3)).name(), "Adam");
            /// ```
            pub fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => stringify!($name)),* }
            }

            /// What the rule remembers of each weight, by name.
            pub(super) fn slots(&self) -> &'static [&'static str] {
                match self { $(Self::$name(rule) => rule.slots()),* }
            }

            pub(super) fn update(&self, span: &mut Span, rate: f64) -> Result<(), TchError> {
                match self { $(Self::$name(rule) => rule.update(span, rate)),* }
            }

            fn problem(&self) -> Option<&'static str> {
                match self { $(Self::$name(rule) => rule.problem()),* }
            }
        }
    };
}

rules!(Adam, AdamW, RmsProp, Sgd);

impl Rule {
    /// The rule itself where its options can work.
    pub(crate) fn checked(self) -> Result<Self> {
        let rate = self.learning_rate();
        if !(rate.is_finite() && rate >= 0.0) {
            let problem = "the learning rate must be zero or positive, such as 1e-3";
            return Err(Error::invalid(format!("learning rate {rate}"), problem));
        }
        match self.problem() {
            None => Ok(self),
            Some(problem) => Err(Error::invalid(format!("{self:?}"), problem)),
        }
    }
}

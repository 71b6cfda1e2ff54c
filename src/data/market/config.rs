//! What examples are cut from a market, and what their labels mean.

use crate::{Error, Result};

/// When a share did better or worse than the benchmark. The outcome of an example is a difference of log returns, the share's
/// less the benchmark's, over the days of the rule.
///
/// # Example
/// ```
/// use latentlab::data::market::{Band, LabelRule};
///
/// let rule = LabelRule::LaterWindow { days: 20, band: Band::Fixed(0.05) };
/// assert_ne!(rule, LabelRule::default());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LabelRule {
    /// The days that follow the inputs: a forecast.
    LaterWindow {
        /// Trading days, from 1.
        days: usize,
        /// Where neutral ends.
        band: Band,
    },
    /// The days of the inputs themselves. The label can then be read off the inputs: the channel of relative returns sums to the
    /// outcome. A classifier of such labels describes the past; its accuracy says nothing about a forecast. The rule is there to
    /// compare with studies that label so.
    SameWindow {
        /// Where neutral ends.
        band: Band,
    },
    /// The class that a [`MarketModel`](super::MarketModel) drew for the share; only its panels have one.
    Drawn,
}

impl Default for LabelRule {
    /// The 60 days after the inputs, in terciles.
    fn default() -> Self {
        Self::LaterWindow { days: 60, band: Band::Terciles }
    }
}

impl LabelRule {
    /// Days needed behind the inputs.
    pub(super) fn days_after(self) -> usize {
        if let Self::LaterWindow { days, .. } = self { days } else { 0 }
    }

    /// Where neutral ends, where outcomes decide.
    pub(super) fn band(self) -> Option<Band> {
        match self {
            Self::LaterWindow { band, .. } | Self::SameWindow { band } => Some(band),
            Self::Drawn => None,
        }
    }

    /// The rule in words.
    pub(super) fn words(self) -> String {
        let band = |band| match band {
            Band::Terciles => "terciles of the training part".to_owned(),
            Band::Fixed(width) => format!("neutral within ±{width}"),
        };
        match self {
            Self::LaterWindow { days, band: chosen } => {
                format!(
                    "log return relative to the benchmark over the {days} days after the inputs, {}",
                    band(chosen)
                )
            }
            Self::SameWindow { band: chosen } => {
                format!(
                    "log return relative to the benchmark over the days of the inputs themselves, {}",
                    band(chosen)
                )
            }
            Self::Drawn => "the class that the generator drew".into(),
        }
    }
}

/// Which outcomes are neutral.
///
/// # Example
/// ```
/// assert_eq!(latentlab::data::market::Band::default(), latentlab::data::market::Band::Terciles);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Band {
    /// The middle third of the training part's outcomes; its limits decide in the other parts too.
    #[default]
    Terciles,
    /// Outcomes from −width to width.
    Fixed(f64),
}

/// How the channels are brought to [−1, 1]; all numbers that takes are fitted on the training part.
///
/// # Example
/// ```
/// assert_eq!(latentlab::data::market::ChannelScaling::default(), latentlab::data::market::ChannelScaling::Global);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChannelScaling {
    /// The smallest and the largest value of each channel in the training part become −1 and 1. One share of a very high price
    /// presses all others together near −1.
    #[default]
    Global,
    /// Each series is first compared with itself: the five prices become ln(price / first close), the volume ln(1 + volume / its mean);
    /// then as [`Global`](Self::Global).
    PerSeries,
}

/// What a share's return is compared with.
///
/// # Example
/// ```
/// assert_eq!(latentlab::data::market::BenchmarkRule::default(), latentlab::data::market::BenchmarkRule::Given);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BenchmarkRule {
    /// The benchmark that came with the panel, else equal weights.
    #[default]
    Given,
    /// The mean of the shares' simple returns of a day.
    EqualWeight,
    /// Their mean weighted by close × volume, averaged over the 20 days before.
    DollarVolume,
}

/// What [`MarketPanel::examples`](super::MarketPanel::examples) cuts from a panel.
///
/// | Option | Default | Purpose | Range |
/// |---|---|---|---|
/// | [`days`](Self::days) | 180 | trading days of each example | from 20 |
/// | [`rule`](Self::rule) | the 60 days after, in terciles | what the labels mean | |
/// | [`scaling`](Self::scaling) | over the training part | how channels are brought to [−1, 1] | |
/// | [`benchmark`](Self::benchmark) | the panel's, else equal weights | what returns are compared with | |
/// | [`windows`](Self::windows) | 1 | examples of each share at most, the latest ones | from 1 |
/// | [`stride`](Self::stride) | 60 | days between the starts of two examples of a share | from 1 |
/// | [`history`](Self::history) | 60 | days before the inputs that static features are computed from | from 0 |
/// | [`missing`](Self::missing) | 0.05 | largest share of days without a price | 0 to 1 |
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let panel = MarketModel::default().tickers(60).sample()?;
/// let examples = panel.examples(&MarketConfig::default().days(120))?;
/// assert_eq!(examples.len(), 60);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MarketConfig {
    pub(super) days: usize,
    pub(super) rule: LabelRule,
    pub(super) scaling: ChannelScaling,
    pub(super) benchmark: BenchmarkRule,
    pub(super) windows: usize,
    pub(super) stride: usize,
    pub(super) history: usize,
    pub(super) missing: f64,
}

impl Default for MarketConfig {
    fn default() -> Self {
        Self {
            days: 180,
            rule: LabelRule::default(),
            scaling: ChannelScaling::default(),
            benchmark: BenchmarkRule::default(),
            windows: 1,
            stride: 60,
            history: 60,
            missing: 0.05,
        }
    }
}

macro_rules! options {
    ($($(#[$text:meta])* $name:ident: $kind:ty, $example:literal;)*) => {$(
        $(#[$text])*
        ///
        /// # Example
        /// ```
        /// use latentlab::prelude::*;
        ///
        #[doc = concat!("let config = MarketConfig::default().", stringify!($name), "(", $example, ");")]
        /// ```
        pub fn $name(mut self, value: $kind) -> Self {
            self.$name = value;
            self
        }
    )*};
}

impl MarketConfig {
    options! {
        /// Sets the trading days of each example. Default 180.
        days: usize, "90";
        /// Sets what the labels mean. Default: terciles of the return relative to the benchmark over the 60 days after the inputs.
        rule: LabelRule, "LabelRule::LaterWindow { days: 20, band: Band::Fixed(0.03) }";
        /// Sets how channels are brought to [−1, 1]. Default [`ChannelScaling::Global`].
        scaling: ChannelScaling, "ChannelScaling::PerSeries";
        /// Sets what returns are compared with. Default [`BenchmarkRule::Given`].
        benchmark: BenchmarkRule, "BenchmarkRule::EqualWeight";
        /// Sets how many examples, at most, come of each share; those of one share stay in one part of a split. Default 1.
        windows: usize, "4";
        /// Sets the days between the starts of two examples of a share; fewer than [`days`](Self::days) make them overlap. Default 60.
        stride: usize, "180";
        /// Sets the days before the inputs that static features are computed from. Where fewer than 20 are there, they are computed from
        /// the days of the inputs. Default 60.
        history: usize, "120";
        /// Sets the share of days without a price up to which gaps are filled; a share with more is left out. Default 0.05.
        missing: f64, "0.0";
    }

    pub(super) fn check(&self) -> Result<()> {
        let refused = |what: String, problem: &str| Err(Error::invalid(what, problem));
        if self.days < 20 {
            return refused(format!("days = {}", self.days), "an example needs at least 20 days");
        }
        if let LabelRule::LaterWindow { days: 0, .. } = self.rule {
            return refused("a later window of 0 days".into(), "at least one day is needed");
        }
        if let Some(Band::Fixed(width)) = self.rule.band()
            && !(width > 0.0 && width.is_finite())
        {
            return refused(
                format!("a band of ±{width}"),
                "the width must be positive, as in 0.05",
            );
        }
        if self.windows == 0 || self.stride == 0 {
            let what = format!("windows = {}, stride = {}", self.windows, self.stride);
            return refused(what, "both must be at least 1");
        }
        if !(0.0..=1.0).contains(&self.missing) {
            return refused(format!("missing = {}", self.missing), "a share lies between 0 and 1");
        }
        Ok(())
    }
}

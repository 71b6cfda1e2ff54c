//! Static features: what is known of a share beside its series.

use std::collections::BTreeSet;

use ndarray::{Array2, ArrayView2, Axis, Slice};

use super::bars::{CLOSE, HIGH, LOW, VOLUME};

/// Static columns of a table as numbers, tickers × features; NaN where a cell is empty.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct StaticTable {
    pub(super) names: Vec<String>,
    pub(super) values: Array2<f64>,
}

/// Most different texts of a column that become features of their own.
const MOST_TEXTS: usize = 12;

impl StaticTable {
    /// Columns of texts: numbers stay numbers, up to twelve different texts become a column of zeros and ones each; what says nothing or
    /// too much is left out, with the reason.
    pub(super) fn of_texts(
        columns: impl Iterator<Item = (String, Vec<String>)>,
    ) -> (Option<Self>, Vec<(String, String)>) {
        let (mut names, mut values, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
        let mut rows = 0;
        for (name, texts) in columns {
            rows = texts.len();
            match Kind::of(&texts) {
                Kind::Numbers(numbers) => {
                    names.push(name);
                    values.push(numbers);
                }
                Kind::Texts(known) => {
                    for text in known {
                        names.push(format!("{name} = {text}"));
                        values.push(
                            texts.iter().map(|one| f64::from(u8::from(*one == text))).collect(),
                        );
                    }
                }
                Kind::Nothing(reason) => left_out.push((name, reason)),
            }
        }
        let table = Array2::from_shape_fn((rows, names.len()), |(row, column)| values[column][row]);
        ((!names.is_empty()).then_some(Self { names, values: table }), left_out)
    }

    /// The rows of some tickers.
    pub(super) fn rows(&self, rows: &[usize]) -> Self {
        Self { names: self.names.clone(), values: self.values.select(Axis(0), rows) }
    }
}

/// What a column of texts is.
enum Kind {
    Numbers(Vec<f64>),
    Texts(BTreeSet<String>),
    Nothing(String),
}

impl Kind {
    fn of(texts: &[String]) -> Self {
        let missing = |text: &str| {
            let text = text.trim();
            text.is_empty()
                || ["N/A", "NA", "NaN", "None", "null", "--"]
                    .iter()
                    .any(|known| known.eq_ignore_ascii_case(text))
        };
        let there: Vec<&String> = texts.iter().filter(|text| !missing(text)).collect();
        let different: BTreeSet<String> = there.iter().map(|text| (*text).clone()).collect();
        if there.is_empty() {
            return Self::Nothing("all cells are empty".into());
        }
        let number = |text: &str| text.replace(',', "").parse::<f64>();
        if there.iter().all(|text| number(text).is_ok()) {
            // An infinite ratio, as of a price to earnings of nothing, says no more than an empty cell.
            let numbers: Vec<f64> = texts
                .iter()
                .map(|text| number(text).ok().filter(|value| value.is_finite()).unwrap_or(f64::NAN))
                .collect();
            let mut known = numbers.iter().filter(|value| !value.is_nan());
            let first = known.next();
            return match first {
                None => Self::Nothing("no cell holds a finite number".into()),
                Some(first) if known.all(|value| value == first) => {
                    Self::Nothing(format!("all cells hold {first}"))
                }
                Some(_) => Self::Numbers(numbers),
            };
        }
        match different.len() {
            1 => Self::Nothing(format!("all cells hold {}", crate::data::cell::quoted(there[0]))),
            count if count > MOST_TEXTS => {
                Self::Nothing(format!("{count} different texts, more than {MOST_TEXTS}"))
            }
            _ => Self::Texts(different),
        }
    }
}

/// The features that prices and volumes give.
pub(super) const COMPUTED: [&str; 7] = [
    "log price",
    "log dollar volume",
    "volatility",
    "beta",
    "residual volatility",
    "momentum",
    "daily range",
];

/// Days of a year of trading, by which daily volatilities become yearly ones.
const YEAR: f64 = 252.0;

/// The features of some days of one ticker: `bars` are fields × days without gaps, `returns` the daily log returns and `benchmark` those
/// of the benchmark on these days.
pub(super) fn computed(bars: ArrayView2<f64>, returns: &[f64], benchmark: &[f64]) -> [f64; 7] {
    let days = returns.len() as f64;
    let mean = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / days;
    let (own, market) = (mean(&mut returns.iter().copied()), mean(&mut benchmark.iter().copied()));
    let pairs = || returns.iter().zip(benchmark).map(|(one, other)| (one - own, other - market));
    let variance = mean(&mut pairs().map(|(one, _)| one * one));
    let spread = mean(&mut pairs().map(|(_, other)| other * other));
    let common = mean(&mut pairs().map(|(one, other)| one * other));
    let beta = if spread > 0.0 { common / spread } else { 0.0 };
    let residual = (variance - beta * common).max(0.0);
    let column = |field: usize| bars.index_axis(Axis(0), field);
    let dollars =
        mean(&mut column(CLOSE).iter().zip(column(VOLUME)).map(|(price, volume)| price * volume));
    let last = column(CLOSE).slice_axis(Axis(0), Slice::from(-1..)).sum();
    let range =
        mean(&mut column(HIGH).iter().zip(column(LOW)).map(|(high, low)| (high / low).ln()));
    [
        last.ln(),
        (1.0 + dollars).ln(),
        (YEAR * variance).sqrt(),
        beta,
        (YEAR * residual).sqrt(),
        returns.iter().sum(),
        range,
    ]
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn column(name: &str, texts: &[&str]) -> (String, Vec<String>) {
        (name.into(), texts.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn numbers_stay_and_texts_become_columns_of_zeros_and_ones() {
        let many: Vec<String> = (0..14).map(|number| format!("text {number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let mut sector = vec!["Energy"; 14];
        sector[3] = "Tech, \"new\"";
        let mut earnings = vec!["12.5"; 14];
        (earnings[0], earnings[1], earnings[2]) = ("1,200", "Infinity", "");
        let empty = vec!["N/A"; 14];
        let columns = [
            column("sector", &sector),
            column("P/E", &earnings),
            column("empty", &empty),
            column("city", &many),
            column("one", &vec!["1"; 14]),
        ];
        let (table, left_out) = StaticTable::of_texts(columns.into_iter());
        let table = table.unwrap();
        assert_eq!(table.names, ["sector = Energy", "sector = Tech, \"new\"", "P/E"]);
        assert_eq!(table.values.row(3).to_vec()[..2], [0.0, 1.0]);
        assert_eq!(table.values[[0, 2]], 1200.0);
        assert!(table.values[[1, 2]].is_nan() && table.values[[2, 2]].is_nan());
        let left_out: Vec<&str> = left_out.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(left_out, ["empty", "city", "one"]);
    }

    #[test]
    fn a_share_that_doubles_the_market_has_beta_two() {
        let market = [0.01, -0.02, 0.03, 0.0];
        let own = market.map(|value| 2.0 * value);
        let bars = Array2::from_elem((6, 4), 10.0);
        let found = computed(bars.view(), &own, &market);
        assert!((found[3] - 2.0).abs() < 1e-12 && found[4] < 1e-7);
        assert!((found[0] - 10.0_f64.ln()).abs() < 1e-12);
        assert!((found[5] - 0.04).abs() < 1e-12);
        assert_eq!(found[6], 0.0);
        assert_eq!(computed(bars.view(), &own, &[0.0; 4])[3], 0.0);
    }
}

//! What positions would have earned.

use ndarray::{Array2, Axis};
use polars::prelude::{DataFrame, df};

use super::SharpeRatio;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, titled_frame};
use crate::plot::Matrix;
use crate::{Error, Result};

/// What positions would have earned, before and after the costs of trading.
///
/// The money is shared out evenly among the assets, anew in each period. Of asset i's part the position w_ti (1 for all of it, 0 for none,
/// below 0 sold short) is invested in period t and the rest lies idle, so that with simple returns r_ti the period brings
///
/// meanᵢ (w_ti r_ti − c |w_ti − w_(t−1)i|), w_0 = 0:
///
/// a cost c is paid for each unit of money that is moved, for the first positions, too. What it takes to share the money out anew, taxes
/// and the effect of one's own orders are left out. A position must be decided before its return is known:
/// [`NeuralTrader::trade`](crate::model::NeuralTrader::trade) gives such positions.
///
/// # Example
/// ```
/// use latentlab::ndarray::array;
/// use latentlab::prelude::*;
///
/// let returns = array![[0.10], [-0.05], [0.10]];
/// let timing = Backtest::new(array![[1.0], [0.0], [1.0]], &returns, 0.01)?;
/// for (net, expected) in timing.net_returns().iter().zip([0.09, -0.01, 0.09]) {
///     assert!((net - expected).abs() < 1e-12);
/// }
/// let held = Backtest::buy_and_hold(&returns, 0.01)?;
/// assert_eq!(held.turnover(), [1.0, 0.0, 0.0]);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Backtest {
    gross: Vec<f64>,
    turnover: Vec<f64>,
    net: Vec<f64>,
    positions: Vec<f64>,
    cost: f64,
}

impl Backtest {
    /// From positions and simple returns of the same periods, periods × assets each, and the cost of a unit of trade (0.001 for a tenth
    /// of a percent).
    ///
    /// # Errors
    /// [`Error::Invalid`] for shapes that differ, no period or asset, numbers that are not finite, and a cost below zero.
    ///
    /// # Example
    /// See [`Backtest`].
    pub fn new(positions: impl Matrix, returns: impl Matrix, cost: f64) -> Result<Self> {
        let read = |name: &str, matrix: Result<Array2<f64>, String>| {
            let matrix = matrix.map_err(|problem| Error::invalid(name, problem))?;
            match matrix.iter().all(|value| value.is_finite()) && !matrix.is_empty() {
                true => Ok(matrix),
                false => {
                    let what = format!("{name} of shape {:?}", matrix.dim());
                    Err(Error::invalid(
                        what,
                        "at least one period and one asset are needed, and finite numbers alone",
                    ))
                }
            }
        };
        let (positions, returns) =
            (read("positions", positions.matrix())?, read("returns", returns.matrix())?);
        if positions.dim() != returns.dim() {
            let what = format!(
                "positions of shape {:?} for returns of shape {:?}",
                positions.dim(),
                returns.dim()
            );
            return Err(Error::invalid(what, "each return needs one position: periods × assets"));
        }
        if !(cost >= 0.0 && cost.is_finite()) {
            return Err(Error::invalid(
                format!("a cost of {cost}"),
                "it must be zero or positive, such as 0.001",
            ));
        }
        let assets = returns.ncols() as f64;
        let mut before = Array2::zeros((1, returns.ncols()));
        let (mut gross, mut turnover) = (Vec::new(), Vec::new());
        for (held, earned) in
            positions.axis_chunks_iter(Axis(0), 1).zip(returns.axis_chunks_iter(Axis(0), 1))
        {
            gross.push((&held * &earned).sum() / assets);
            turnover.push((&held - &before).mapv(f64::abs).sum() / assets);
            before.assign(&held);
        }
        let net = gross.iter().zip(&turnover).map(|(gross, moved)| gross - cost * moved).collect();
        let positions = positions.rows().into_iter().map(|row| row.sum() / assets).collect();
        Ok(Self { gross, turnover, net, positions, cost })
    }

    /// All money in all assets all the time.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    ///
    /// # Example
    /// See [`Backtest`].
    pub fn buy_and_hold(returns: impl Matrix, cost: f64) -> Result<Self> {
        let returns = returns.matrix().map_err(|problem| Error::invalid("returns", problem))?;
        Self::new(Array2::<f64>::ones(returns.dim()), returns, cost)
    }

    /// The return of each period before costs.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{ndarray::array, prelude::*};
    /// let test = Backtest::new(array![[0.5, 1.0]], array![[0.02, 0.04]], 0.0)?;
    /// assert_eq!(test.gross_returns(), [0.025]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn gross_returns(&self) -> &[f64] {
        &self.gross
    }

    /// The return of each period after costs.
    ///
    /// # Example
    /// See [`Backtest`].
    pub fn net_returns(&self) -> &[f64] {
        &self.net
    }

    /// The share of the money that was moved in each period.
    ///
    /// # Example
    /// See [`Backtest`].
    pub fn turnover(&self) -> &[f64] {
        &self.turnover
    }

    /// The share of the money that was invested in each period.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{ndarray::array, prelude::*};
    /// let test = Backtest::new(array![[0.5, 1.0]], array![[0.02, 0.04]], 0.0)?;
    /// assert_eq!(test.positions(), [0.75]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn positions(&self) -> &[f64] {
        &self.positions
    }

    /// What one unit of money has become after each period, gains and losses left in.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{ndarray::array, prelude::*};
    /// let held = Backtest::buy_and_hold(array![[0.5], [-0.5]], 0.0)?;
    /// assert_eq!(held.wealth(), [1.5, 0.75]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn wealth(&self) -> Vec<f64> {
        let grown = |wealth: &mut f64, net: &f64| {
            *wealth *= 1.0 + net;
            Some(*wealth)
        };
        self.net.iter().scan(1.0, grown).collect()
    }

    /// The largest loss between a peak of the wealth, the first unit included, and a later low, as a share of the peak.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{ndarray::array, prelude::*};
    /// let held = Backtest::buy_and_hold(array![[0.5], [-0.5], [0.1]], 0.0)?;
    /// assert_eq!(held.maximum_drawdown(), 0.5);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn maximum_drawdown(&self) -> f64 {
        let (mut peak, mut largest) = (1.0_f64, 0.0_f64);
        for wealth in self.wealth() {
            peak = peak.max(wealth);
            largest = largest.max(1.0 - wealth / peak);
        }
        largest
    }

    /// The Sharpe ratio after costs.
    ///
    /// # Errors
    /// As [`SharpeRatio::new`].
    ///
    /// # Example
    /// ```
    /// # use latentlab::{ndarray::array, prelude::*};
    /// let held = Backtest::buy_and_hold(array![[0.03], [0.01], [0.03], [0.01]], 0.0)?;
    /// assert!((held.sharpe_ratio(1.0)?.value() - 2.0).abs() < 1e-12);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn sharpe_ratio(&self, periods_a_year: f64) -> Result<SharpeRatio> {
        SharpeRatio::new(&self.net, periods_a_year)
    }

    /// One row for each period: the share invested, the share moved, the returns before and after costs, the wealth.
    ///
    /// # Errors
    /// [`Error::Frame`] where polars refuses.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{ndarray::array, prelude::*};
    /// assert_eq!(Backtest::buy_and_hold(array![[0.5], [-0.5]], 0.0)?.frame()?.shape(), (2, 5));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        Ok(df![
            "position" => &self.positions,
            "turnover" => &self.turnover,
            "gross return" => &self.gross,
            "net return" => &self.net,
            "wealth" => self.wealth(),
        ]?)
    }

    fn headline(&self) -> String {
        let wealth = self.wealth().last().copied().unwrap_or(1.0);
        format!(
            "{} periods at a cost of {} a unit: 1 becomes {wealth:.3}",
            self.net.len(),
            self.cost
        )
    }
}

impl Show for Backtest {
    fn rich(&self) -> Rich {
        titled_frame(&self.headline(), self.frame())
    }
}

impl Inspect for Backtest {
    fn shape(&self) -> Option<String> {
        Some(crate::words::counted(self.net.len(), "period"))
    }

    fn preview(&self) -> String {
        self.headline()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::array;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn costs_are_paid_for_what_moves() {
        let positions = array![[1.0, 0.0], [0.5, 0.5], [0.5, -0.5]];
        let returns = array![[0.1, 0.2], [0.1, 0.0], [0.0, 0.1]];
        let test = Backtest::new(&positions, &returns, 0.01).unwrap();
        let near = |ours: &[f64], wanted: [f64; 3]| {
            assert!(
                ours.iter().zip(wanted).all(|(one, other)| (one - other).abs() < 1e-15),
                "{ours:?}"
            );
        };
        near(test.turnover(), [0.5, 0.5, 0.5]);
        near(test.gross_returns(), [0.05, 0.025, -0.025]);
        near(test.net_returns(), [0.045, 0.02, -0.03]);
        near(test.positions(), [0.5, 0.5, 0.0]);
        assert!((test.wealth()[2] - 1.045 * 1.02 * 0.97).abs() < 1e-15);
        assert!((test.maximum_drawdown() - 0.03).abs() < 1e-15);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let returns = array![[0.1], [0.2]];
        let fails = |positions: Array2<f64>, cost: f64, part: &str| {
            let error = Backtest::new(positions, &returns, cost).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        };
        fails(array![[1.0]], 0.0, "each return needs one position");
        fails(array![[1.0], [f64::NAN]], 0.0, "positions of shape (2, 1)");
        fails(array![[1.0], [1.0]], -0.1, "a cost of -0.1");
        fails(array![[1.0], [1.0]], f64::NAN, "a cost of NaN");
        assert!(Backtest::buy_and_hold(Array2::<f64>::zeros((0, 3)), 0.0).is_err());
        assert!(Backtest::buy_and_hold(vec![vec![0.1], vec![]], 0.0).is_err());
    }

    proptest! {
        #[test]
        fn assets_alone_and_costs_apart_add_up(
            numbers in prop::collection::vec((0.0_f64..1.0, -0.1_f64..0.1), 6..60), cost in 0.0_f64..0.01,
        ) {
            let days = numbers.len() / 2;
            let part = |of: fn(&(f64, f64)) -> f64| Array2::from_shape_fn((days, 2), |(day, asset)| of(&numbers[2 * day + asset]));
            let (positions, returns) = (part(|pair| pair.0), part(|pair| pair.1));
            let both = Backtest::new(&positions, &returns, cost).unwrap();
            let free = Backtest::new(&positions, &returns, 0.0).unwrap();
            let alone = [0, 1].map(|asset| {
                let column = |matrix: &Array2<f64>| matrix.select(Axis(1), &[asset]);
                Backtest::new(column(&positions), column(&returns), cost).unwrap()
            });
            for day in 0..days {
                let mean = (alone[0].net[day] + alone[1].net[day]) / 2.0;
                prop_assert!((both.net[day] - mean).abs() < 1e-15);
                prop_assert!((free.net[day] - both.gross[day]).abs() < 1e-15);
                prop_assert!(both.net[day] <= both.gross[day]);
            }
        }
    }
}

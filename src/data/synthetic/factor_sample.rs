//! A drawn market.

use chrono::NaiveDate;
use ndarray::{Array1, Array2};
use polars::prelude::DataFrame;

use crate::Result;
use crate::data::dated_frame;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, titled_frame};

/// Assets that a page has room for.
const SHOWN: usize = 8;

/// Returns drawn from a [`FactorModel`](super::FactorModel), with everything that is behind them. Shows itself as a table of the first returns.
///
/// [`returns`](Self::returns) makes them [`Returns`](crate::stats::Returns), with the methods of prices' returns.
///
/// # Example
/// ```
/// use latentlab::data::FactorModel;
///
/// let market = FactorModel::default().assets(3).days(5).sample()?;
/// assert_eq!(market.tickers(), ["STOCK_000", "STOCK_001", "STOCK_002"]);
/// assert_eq!(market.dates().len(), 5);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct FactorSample {
    pub(super) dates: Vec<NaiveDate>,
    pub(super) values: Array2<f64>,
    pub(super) factors: Array2<f64>,
    pub(super) loadings: Array2<f64>,
    pub(super) sectors: Vec<usize>,
    pub(super) own: Vec<f64>,
    pub(super) variances: Vec<f64>,
}

impl FactorSample {
    /// The days, weekdays from 2020-01-01 on.
    ///
    /// # Example
    /// See [`FactorSample`].
    pub fn dates(&self) -> &[NaiveDate] {
        &self.dates
    }

    /// Names of the assets, in the order of the columns.
    ///
    /// # Example
    /// See [`FactorSample`].
    pub fn tickers(&self) -> Vec<String> {
        (0..self.values.ncols()).map(|asset| format!("STOCK_{asset:03}")).collect()
    }

    /// The returns, days × assets.
    ///
    /// # Example
    /// ```
    /// # use latentlab::data::FactorModel;
    /// assert_eq!(FactorModel::default().days(5).sample()?.values().dim(), (5, 100));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn values(&self) -> &Array2<f64> {
        &self.values
    }

    /// The factors, days × factors.
    ///
    /// # Example
    /// ```
    /// # use latentlab::data::FactorModel;
    /// assert_eq!(FactorModel::default().days(5).sample()?.factors().dim(), (5, 5));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn factors(&self) -> &Array2<f64> {
        &self.factors
    }

    /// How strongly each asset follows each factor, assets × factors.
    ///
    /// # Example
    /// ```
    /// # use latentlab::data::FactorModel;
    /// assert_eq!(FactorModel::default().sample()?.loadings().dim(), (100, 5));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn loadings(&self) -> &Array2<f64> {
        &self.loadings
    }

    /// The sector of each asset, counted from 0.
    ///
    /// # Example
    /// ```
    /// # use latentlab::data::FactorModel;
    /// assert!(FactorModel::default().sectors(3).sample()?.sectors().iter().all(|sector| *sector < 3));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn sectors(&self) -> &[usize] {
        &self.sectors
    }

    /// The standard deviation of what is each asset's own.
    ///
    /// # Example
    /// ```
    /// # use latentlab::data::FactorModel;
    /// let market = FactorModel::default().idiosyncratic(0.02, 0.02).sample()?;
    /// assert_eq!(market.idiosyncratic_volatilities()[0], 0.02);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn idiosyncratic_volatilities(&self) -> &[f64] {
        &self.own
    }

    /// The true covariance of a day's returns, assets × assets, in the long run: B diag(variances) Bᵀ + diag(own²).
    ///
    /// # Example
    /// ```
    /// # use latentlab::data::FactorModel;
    /// assert_eq!(FactorModel::default().sample()?.covariance().dim(), (100, 100));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn covariance(&self) -> Array2<f64> {
        let scaled = &self.loadings * &Array1::from(self.variances.clone());
        let own: Array1<f64> = self.own.iter().map(|own| own * own).collect();
        scaled.dot(&self.loadings.t()) + Array2::<f64>::from_diag(&own)
    }

    /// The share of the true variance that the factors explain, as a mean over the assets.
    ///
    /// # Example
    /// ```
    /// # use latentlab::data::FactorModel;
    /// let share = FactorModel::default().sample()?.common_share();
    /// assert!(share > 0.3 && share < 0.9);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn common_share(&self) -> f64 {
        let total = self.covariance();
        let shares = self.own.iter().zip(total.diag()).map(|(own, total)| 1.0 - own * own / total);
        shares.sum::<f64>() / self.own.len() as f64
    }

    /// A frame with a column `Date` and one for each asset.
    ///
    /// # Errors
    /// [`Error::Frame`](crate::Error::Frame) where polars refuses.
    ///
    /// # Example
    /// ```
    /// # use latentlab::data::FactorModel;
    /// assert_eq!(FactorModel::default().days(5).sample()?.frame()?.shape(), (5, 101));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        self.first(self.values.ncols())
    }

    /// The frame of the first assets.
    fn first(&self, count: usize) -> Result<DataFrame> {
        let columns = self.tickers().into_iter().zip(self.values.columns()).take(count);
        dated_frame(&self.dates, columns.map(|(name, values)| (name, values.to_vec())))
    }

    fn headline(&self) -> String {
        let (days, assets) = self.values.dim();
        let sectors = self.sectors.iter().max().map_or(0, |last| last + 1);
        format!(
            "Returns drawn from {} factors, {days} days × {assets} assets in {sectors} sectors; the factors explain {:.1} % of the variance",
            self.factors.ncols(),
            100.0 * self.common_share()
        )
    }
}

impl Show for FactorSample {
    fn rich(&self) -> Rich {
        let (assets, shown) = (self.values.ncols(), self.values.ncols().min(SHOWN));
        let part =
            if shown < assets { format!("; the first {shown} assets:") } else { String::new() };
        titled_frame(&format!("{}{part}", self.headline()), self.first(shown))
    }
}

impl Inspect for FactorSample {
    fn shape(&self) -> Option<String> {
        Inspect::shape(&self.values)
    }

    fn dtype(&self) -> Option<String> {
        Inspect::dtype(&self.values)
    }

    fn memory(&self) -> usize {
        let tables = self.values.memory() + self.factors.memory() + self.loadings.memory();
        size_of_val(self) + tables + self.dates.memory()
    }

    fn preview(&self) -> String {
        self.headline()
    }
}

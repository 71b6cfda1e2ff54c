//! Returns that were drawn.

use super::Returns;
use crate::Result;
use crate::data::FactorSample;

impl FactorSample {
    /// The returns with dates and tickers.
    ///
    /// # Errors
    /// As [`Returns::new`]; drawn returns fit.
    ///
    /// # Example
    /// ```
    /// use latentlab::data::FactorModel;
    ///
    /// let scaled = FactorModel::default().seed(42).sample()?.returns()?.standardize()?;
    /// assert_eq!(scaled.dim(), (1000, 100));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn returns(&self) -> Result<Returns> {
        Returns::new(self.dates().to_vec(), self.tickers(), self.values().clone())
    }
}

//! Several covariances followed down one grid of penalties in step.

use ndarray::Array2;

use crate::Result;
use crate::gaussian::graphical_lasso::fit::GraphicalLassoFit;
use crate::gaussian::graphical_lasso::glasso::GraphicalLasso;
use crate::gaussian::parallel::Workers;
use crate::notebook::Progress;

/// Fits all covariances at one penalty after the other, each from its own last solution. In step, because then an
/// interrupt leaves every penalty before it complete.
pub(crate) struct Walk {
    covariances: Vec<Array2<f64>>,
    starts: Vec<Option<Array2<f64>>>,
    workers: Workers,
}

impl Walk {
    pub(crate) fn new(covariances: Vec<Array2<f64>>, workers: Workers) -> Self {
        let starts = vec![None; covariances.len()];
        Self { covariances, starts, workers }
    }

    /// The fits at the next penalty, in the order of the covariances; none where an interrupt left one unfinished.
    pub(crate) fn step(
        &mut self,
        lasso: &GraphicalLasso,
        progress: &mut Progress,
    ) -> Result<Option<Vec<GraphicalLassoFit>>> {
        let (covariances, starts) = (&self.covariances, &self.starts);
        let fits = self.workers.run(covariances.len(), progress, |index| {
            lasso.solve_from(&covariances[index], starts[index].as_ref())
        });
        let Some(fits) = fits.into_iter().collect::<Option<Result<Vec<_>>>>() else {
            return Ok(None);
        };
        let fits = fits?;
        if fits.iter().any(GraphicalLassoFit::interrupted) {
            return Ok(None);
        }
        self.starts = fits.iter().map(|fit| Some(fit.precision().clone())).collect();
        Ok(Some(fits))
    }
}

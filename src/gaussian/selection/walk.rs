//! Several covariances followed down one grid of penalties in step.

use ndarray::Array2;

use crate::gaussian::graphical_lasso::fit::GraphicalLassoFit;
use crate::gaussian::graphical_lasso::glasso::GraphicalLasso;
use crate::gaussian::graphical_lasso::solver::WORTH_A_BAR;
use crate::parallel::Workers;
use crate::notebook::{Progress, interrupt};
use crate::{Error, Result};

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

    /// Fits every penalty in turn. The last covariance is that of all samples, whose fits are returned; the others are of
    /// parts of them, which are judged. An interrupt keeps the penalties before it, if there is one.
    pub(crate) fn along<T>(
        mut self,
        task: &str,
        lassos: impl ExactSizeIterator<Item = Result<GraphicalLasso>>,
        judge: impl Fn(&[GraphicalLassoFit]) -> Result<T>,
    ) -> Result<(Vec<GraphicalLassoFit>, Vec<T>)> {
        let mut progress = Progress::new(task, (lassos.len() * self.covariances.len()) as u64)
            .unit("fits")
            .delay(WORTH_A_BAR);
        let (mut fits, mut judgements) = (Vec::new(), Vec::new());
        for lasso in lassos {
            if !fits.is_empty() && interrupt::requested() {
                break;
            }
            let Some(mut found) = self.step(&lasso?, &mut progress)? else { break };
            fits.extend(found.pop());
            judgements.push(judge(&found)?);
        }
        progress.finish();
        if fits.is_empty() {
            return Err(Error::Interrupted);
        }
        Ok((fits, judgements))
    }

    /// The fits at the next penalty, in the order of the covariances; none where an interrupt left one unfinished.
    fn step(
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

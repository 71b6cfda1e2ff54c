//! Principal components of codes.

use tch::{Kind, Tensor};

use crate::stats::Pca;
use crate::{Error, Result};

/// The directions in which codes vary most (Pearson, 1901), for pictures of a space of codes in two dimensions.
///
/// Signs are chosen so that the largest element of each direction is positive.
///
/// # Example
/// ```
/// use latentlab::model::CodePca;
/// use latentlab::prelude::*;
///
/// let codes = Tensor::from_slice(&[0.0, 0.0, 1.0, 2.0, 2.0, 4.0]).view([3, 2]);
/// let pca = CodePca::new(&codes, 1)?;
/// assert!((pca.explained()[0] - 1.0).abs() < 1e-12);
/// assert_eq!(pca.project(&codes)?.size(), [3, 1]);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Debug)]
pub struct CodePca {
    mean: Tensor,
    /// k × d, rows of length one.
    directions: Tensor,
    explained: Vec<f64>,
}

impl CodePca {
    /// The first components of codes, n × d, by [`Pca`] in `f64`; results lie where the codes lie.
    ///
    /// # Errors
    /// [`Error::Invalid`] for fewer than two codes, codes that are not finite or all equal, and more components than there
    /// are.
    ///
    /// # Example
    /// See [`CodePca`].
    pub fn new(codes: &Tensor, components: usize) -> Result<Self> {
        let fit = Pca::new(components).fit(codes.detach())?;
        let device = codes.device();
        let mean = Tensor::f_from_slice(&fit.mean().to_vec())?.f_to_device(device)?;
        let numbers: Vec<f64> = fit.components().iter().copied().collect();
        let directions = Tensor::f_from_slice(&numbers)?
            .f_view([components as i64, codes.size()[1]])?
            .f_to_device(device)?;
        Ok(Self { mean, directions, explained: fit.explained_variance_ratio() })
    }

    /// The share of the variance that lies along each direction, from the largest on.
    ///
    /// # Example
    /// See [`CodePca`].
    pub fn explained(&self) -> &[f64] {
        &self.explained
    }

    /// The directions, k × d, of length one each, in `f64`.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{model::CodePca, prelude::*};
    /// let codes = Tensor::from_slice(&[0.0, 0.0, 3.0, 4.0]).view([2, 2]);
    /// assert!((CodePca::new(&codes, 1)?.directions().double_value(&[0, 1]) - 0.8).abs() < 1e-12);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn directions(&self) -> &Tensor {
        &self.directions
    }

    /// Where codes, n × d, lie along the directions: n × k, in `f64`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for codes of another length.
    ///
    /// # Example
    /// See [`CodePca`].
    pub fn project(&self, codes: &Tensor) -> Result<Tensor> {
        let _guard = tch::no_grad_guard();
        if codes.dim() != 2 || codes.size()[1] != self.mean.size()[0] {
            let problem =
                format!("the components are those of codes of {} numbers", self.mean.size()[0]);
            return Err(Error::invalid(format!("codes of shape {:?}", codes.size()), problem));
        }
        Ok((codes.f_to_kind(Kind::Double)? - &self.mean).matmul(&self.directions.tr()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use tch::Device;

    use super::*;

    #[test]
    fn components_are_orthogonal_and_explain_what_they_project() {
        let wave = Tensor::arange(40 * 5, (Kind::Double, Device::Cpu));
        let codes =
            (&wave * 1.7).sin().view([40, 5]) * Tensor::from_slice(&[3.0, 1.0, 0.5, 2.0, 0.1]);
        let pca = CodePca::new(&codes, 5).unwrap();
        let unit = pca.directions().matmul(&pca.directions().tr());
        assert!(
            (unit - Tensor::eye(5, (Kind::Double, Device::Cpu))).abs().max().double_value(&[])
                < 1e-12
        );
        assert!((pca.explained().iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(pca.explained().is_sorted_by(|one, other| one >= other));
        let variances: Vec<f64> = pca
            .project(&codes)
            .unwrap()
            .var_dim([0_i64].as_slice(), false, false)
            .try_into()
            .unwrap();
        let total: f64 = variances.iter().sum();
        for (variance, share) in variances.iter().zip(pca.explained()) {
            assert!((variance / total - share).abs() < 1e-12);
        }
    }

    #[test]
    fn codes_without_components_are_refused() {
        let ones = Tensor::ones([5, 3], (Kind::Float, Device::Cpu));
        assert!(CodePca::new(&ones, 2).unwrap_err().to_string().contains("not all equal"));
        let codes = Tensor::eye(3, (Kind::Float, Device::Cpu));
        for components in [0, 4] {
            assert!(CodePca::new(&codes, components).is_err());
        }
        assert!(CodePca::new(&codes.narrow(0, 0, 1), 1).is_err());
        assert!(CodePca::new(&(codes.shallow_clone() / 0.0), 1).is_err());
        assert!(CodePca::new(&codes, 2).unwrap().project(&codes.narrow(1, 0, 2)).is_err());
    }
}

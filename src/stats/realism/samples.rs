//! Series as numbers, checked once.

use ndarray::{Array3, ArrayView3, Axis};
use tch::{Kind, Tensor};

use crate::plot::Numbers;
use crate::{Error, Result};

/// Series of one kind, n × channels × days, in `f64`.
pub(super) fn series(tensor: &Tensor, what: &str) -> Result<Array3<f64>> {
    let size = tensor.size();
    let described = || format!("{what} series of shape {size:?}");
    let [count, channels, days] = size[..] else {
        return Err(Error::invalid(described(), "expected n × channels × days"));
    };
    if count < 2 || channels < 1 || days < 2 {
        return Err(Error::invalid(
            described(),
            "at least two series of a channel and two days are needed",
        ));
    }
    let values = tensor.f_detach()?.f_to_kind(Kind::Double)?.numbers();
    let strange = values.iter().filter(|value| !value.is_finite()).count();
    if strange > 0 {
        return Err(Error::invalid(described(), format!("{strange} values are not finite")));
    }
    Array3::from_shape_vec((count as usize, channels as usize, days as usize), values)
        .map_err(|error| Error::invalid(described(), error.to_string()))
}

/// Refuses series of another inner shape than the real ones.
pub(super) fn check_alike(real: &Array3<f64>, other: &Array3<f64>, what: &str) -> Result<()> {
    let inner = |series: &Array3<f64>| [series.shape()[1], series.shape()[2]];
    if inner(real) == inner(other) {
        return Ok(());
    }
    let ([channels, days], [wanted, length]) = (inner(other), inner(real));
    let problem =
        format!("the real ones have {wanted} × {length}; both need the same channels and days");
    Err(Error::invalid(format!("{what} series of {channels} channels × {days} days"), problem))
}

/// All values of a channel, in ascending order.
pub(super) fn sorted_channel(series: ArrayView3<f64>, channel: usize) -> Vec<f64> {
    let mut values: Vec<f64> = series.index_axis(Axis(1), channel).iter().copied().collect();
    values.sort_by(f64::total_cmp);
    values
}

/// Labels, one for each series.
pub(super) fn labels(tensor: &Tensor, count: usize, what: &str) -> Result<Vec<i64>> {
    if tensor.size() != [count as i64] {
        let problem = format!("there are {count} series, each needs one");
        return Err(Error::invalid(format!("{what} labels of shape {:?}", tensor.size()), problem));
    }
    Ok(tensor.numbers().into_iter().map(|label| label as i64).collect())
}

//! Ways through a space of codes.

use tch::{Kind, Tensor};

use crate::{Error, Result};

/// The path between two codes.
///
/// # Example
/// ```
/// use latentlab::model::Interpolation;
///
/// assert_eq!(Interpolation::default(), Interpolation::Line);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Interpolation {
    /// The straight line.
    #[default]
    Line,
    /// The great circle, with lengths that change evenly (White, *Sampling generative networks*, 2016): codes on the way are
    /// as long as the prior expects, while those on a line are too short.
    Sphere,
}

/// Codes on the way from one to the other, both included: `frames` × d for two codes of d numbers.
///
/// # Errors
/// [`Error::Invalid`] for codes of different lengths, or fewer than two frames.
///
/// # Example
/// ```
/// use latentlab::model::{Interpolation, interpolate};
/// use latentlab::prelude::*;
///
/// let (from, to) = (Tensor::from_slice(&[1.0, 0.0]), Tensor::from_slice(&[0.0, 1.0]));
/// let line = interpolate(&from, &to, 3, Interpolation::Line)?;
/// assert_eq!(Vec::<f64>::try_from(line.get(1))?, [0.5, 0.5]);
/// let sphere = interpolate(&from, &to, 3, Interpolation::Sphere)?;
/// assert!((sphere.get(1).norm().double_value(&[]) - 1.0).abs() < 1e-12);
/// # Ok::<(), latentlab::Error>(())
/// ```
pub fn interpolate(
    from: &Tensor,
    to: &Tensor,
    frames: usize,
    path: Interpolation,
) -> Result<Tensor> {
    let (from, to) = (from.detach().reshape([-1]), to.detach().reshape([-1]));
    if from.numel() != to.numel() || frames < 2 {
        let what =
            format!("{frames} frames between codes of {} and {} numbers", from.numel(), to.numel());
        return Err(Error::invalid(
            what,
            "two codes of equal length and at least two frames are needed",
        ));
    }
    let way =
        Tensor::f_linspace(0.0, 1.0, frames as i64, (from.kind(), from.device()))?.unsqueeze(1);
    let line = |from: &Tensor, to: &Tensor| from * (1.0 - &way) + to * &way;
    let lengths = [&from, &to].map(|code| code.norm().double_value(&[]));
    let cosine = (&from * &to).sum(Kind::Double).double_value(&[]) / (lengths[0] * lengths[1]);
    let angle = cosine.clamp(-1.0, 1.0).acos();
    // Through zero, along one ray, and between opposite codes there is no great circle of their own.
    let degenerate = !angle.is_finite() || angle.sin() < 1e-6;
    if path == Interpolation::Line || degenerate {
        return Ok(line(&from, &to));
    }
    let length = lengths[0] * (1.0 - &way) + lengths[1] * &way;
    let (from, to) = (from / lengths[0], to / lengths[1]);
    let angles = &way * angle;
    let turned = from * (&angles * -1.0 + angle).sin() + to * angles.sin();
    Ok(turned * length / angle.sin())
}

/// What sets codes with a property apart from those without: the difference of their means, d numbers (Larsen and others,
/// 2016). Each argument is n × d.
///
/// # Errors
/// [`Error::Invalid`] where a group is empty or the groups' codes differ in length.
///
/// # Example
/// ```
/// use latentlab::model::direction;
/// use latentlab::prelude::*;
///
/// let smiling = Tensor::from_slice(&[1.0, 0.0, 3.0, 0.0]).view([2, 2]);
/// let serious = Tensor::from_slice(&[0.0, 1.0]).view([1, 2]);
/// assert_eq!(Vec::<f64>::try_from(direction(&smiling, &serious)?)?, [2.0, -1.0]);
/// # Ok::<(), latentlab::Error>(())
/// ```
pub fn direction(with: &Tensor, without: &Tensor) -> Result<Tensor> {
    let sizes = [with.size(), without.size()];
    match (&sizes[0][..], &sizes[1][..]) {
        ([rows, one], [others, other]) if one == other && *rows > 0 && *others > 0 => {
            let mean =
                |codes: &Tensor| codes.detach().mean_dim([0_i64].as_slice(), false, codes.kind());
            Ok(mean(with) - mean(without))
        }
        _ => Err(Error::invalid(
            format!("groups of codes of shapes {:?} and {:?}", sizes[0], sizes[1]),
            "each group needs at least one code, and all codes the same length",
        )),
    }
}

/// Codes, n × d, moved along a direction of d numbers.
///
/// # Errors
/// [`Error::Invalid`] where the lengths differ.
///
/// # Example
/// ```
/// use latentlab::model::shift;
/// use latentlab::prelude::*;
///
/// let codes = Tensor::from_slice(&[0.0, 0.0]).view([1, 2]);
/// let moved = shift(&codes, &Tensor::from_slice(&[1.0, -1.0]), 2.0)?;
/// assert_eq!(Vec::<f64>::try_from(moved.get(0))?, [2.0, -2.0]);
/// # Ok::<(), latentlab::Error>(())
/// ```
pub fn shift(codes: &Tensor, direction: &Tensor, amount: f64) -> Result<Tensor> {
    let (codes, direction) = (codes.detach(), direction.detach().reshape([-1]));
    if codes.size().last().copied() != Some(direction.numel() as i64) {
        let what = format!(
            "codes of shape {:?} and a direction of {} numbers",
            codes.size(),
            direction.numel()
        );
        return Err(Error::invalid(what, "they must have the same length"));
    }
    Ok(codes + direction * amount)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn both_ways_start_and_end_where_they_should(values in proptest::collection::vec(-3.0..3.0_f64, 8)) {
            let codes = Tensor::from_slice(&values).view([2, 4]);
            let (from, to) = (codes.get(0), codes.get(1));
            for path in [Interpolation::Line, Interpolation::Sphere] {
                let way = interpolate(&from, &to, 5, path).unwrap();
                prop_assert_eq!(way.size(), [5, 4]);
                prop_assert!((way.get(0) - &from).norm().double_value(&[]) < 1e-9);
                prop_assert!((way.get(4) - &to).norm().double_value(&[]) < 1e-9);
            }
            // On the sphere the length changes evenly.
            let middle = interpolate(&from, &to, 3, Interpolation::Sphere).unwrap().get(1).norm().double_value(&[]);
            let ends = [&from, &to].map(|code| code.norm().double_value(&[]));
            let aligned = (&from * &to).sum(Kind::Double).double_value(&[]) / (ends[0] * ends[1]);
            if aligned.abs() < 0.999 {
                prop_assert!((middle - (ends[0] + ends[1]) / 2.0).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn what_has_no_great_circle_goes_straight() {
        let one = Tensor::from_slice(&[1.0, 0.0]);
        for other in
            [Tensor::from_slice(&[0.0, 0.0]), Tensor::from_slice(&[-1.0, 0.0]), one.shallow_clone()]
        {
            let way = interpolate(&one, &other, 4, Interpolation::Sphere).unwrap();
            assert!(way.isfinite().all().int64_value(&[]) == 1);
        }
    }

    #[test]
    fn codes_that_do_not_fit_are_refused() {
        let (two, three) = (Tensor::from_slice(&[1.0, 0.0]), Tensor::from_slice(&[1.0, 0.0, 2.0]));
        assert!(interpolate(&two, &three, 4, Interpolation::Line).is_err());
        assert!(interpolate(&two, &two, 1, Interpolation::Line).is_err());
        assert!(direction(&two, &three).is_err());
        assert!(direction(&two.view([1, 2]), &two.view([1, 2]).narrow(0, 0, 0)).is_err());
        assert!(shift(&two, &three, 1.0).is_err());
    }
}

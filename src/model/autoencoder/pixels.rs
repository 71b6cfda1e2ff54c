//! What networks on flat pictures share.

use tch::{Device, Kind, Tensor};

use crate::model::pictures::in_chunks;
use crate::model::stack::Stack;
use crate::model::{LayerRow, LayerSummary};
use crate::{Error, Result};

/// Pictures as rows of so many numbers: shapes n × … whose other sides multiply to that.
pub(super) fn flat(images: &Tensor, inputs: i64) -> Result<Tensor> {
    let size = images.size();
    let fits = size.len() > 1 && size[0] > 0 && size[1..].iter().product::<i64>() == inputs;
    if fits && matches!(images.kind(), Kind::Float | Kind::Double | Kind::Uint8) {
        return Ok(images.f_flatten(1, -1)?);
    }
    let what = format!("pictures of shape {size:?} and kind {:?}", images.kind());
    let problem = format!(
        "n × {inputs} numbers, or n × sides that multiply to that, of kind Float (from 0 to 1) or Uint8 are needed"
    );
    Err(Error::invalid(what, problem))
}

/// The cross-entropy of pixels from 0 to 1 with probabilities given as logits, summed: Σ log(1 + eˡ) − x l, which no logit overflows.
pub(super) fn cross_entropy(logits: &Tensor, pixels: &Tensor) -> Result<Tensor> {
    let pixels = pixels.f_to_kind(logits.f_kind()?)?;
    let named = logits.f_reshape([-1])?.f_dot(&pixels.f_reshape([-1])?)?;
    Ok(logits.f_softplus()?.f_sum(logits.f_kind()?)? - named)
}

/// Probabilities of the pixels of codes, n × codes, some at a time.
pub(super) fn decode(
    decoder: &Stack,
    codes: &Tensor,
    width: i64,
    device: Device,
) -> Result<Tensor> {
    if !matches!(codes.size()[..], [count, found] if count > 0 && found == width) {
        let what = format!("codes of shape {:?}", codes.size());
        return Err(Error::invalid(what, format!("n × {width} is needed")));
    }
    in_chunks(codes, device, |codes| Ok(decoder.forward(&codes).sigmoid()))
}

/// A decoder's layers, with the curve at its end that turns logits into probabilities.
pub(super) fn decoder_summary(
    title: &str,
    decoder: &Stack,
    codes: i64,
    device: Device,
) -> Result<LayerSummary> {
    let mut rows = decoder.rows(&Tensor::f_zeros([1, codes], (Kind::Float, device))?);
    let shape = rows.last().map_or(Vec::new(), |row| row.shape.clone());
    rows.push(LayerRow::new("sigmoid", "Sigmoid", &shape, 0));
    LayerSummary::new(title, &[codes], rows)
}

/// Codes on a grid in the plane, `side`² × 2: row by row from the top, where the second number is largest, and from left to right.
///
/// # Errors
/// [`Error::Invalid`] for a side below 2, and ends that are not finite.
///
/// # Example
/// ```
/// let codes = latentlab::model::code_grid(2, [-1.0, 1.0], [0.0, 3.0])?;
/// assert_eq!(Vec::<f32>::try_from(codes.view([-1]))?, [-1.0, 3.0, 1.0, 3.0, -1.0, 0.0, 1.0, 0.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn code_grid(side: usize, across: [f64; 2], up: [f64; 2]) -> Result<Tensor> {
    if side < 2 || across.iter().chain(&up).any(|end| !end.is_finite()) {
        let what = format!("a grid of side {side} over {across:?} × {up:?}");
        return Err(Error::invalid(what, "a side of 2 or more and finite ends are needed"));
    }
    let at = |ends: [f64; 2], place: usize| {
        (ends[0] + (ends[1] - ends[0]) * place as f64 / (side - 1) as f64) as f32
    };
    let codes: Vec<f32> = (0..side * side)
        .flat_map(|cell| [at(across, cell % side), at([up[1], up[0]], cell / side)])
        .collect();
    Ok(Tensor::f_from_slice(&codes)?.f_view([-1, 2])?)
}

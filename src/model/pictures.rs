//! What networks on pictures share.

use tch::{Device, Kind, TchError, Tensor};

use crate::{Error, Result};

/// Rows that go through a network at once when nothing is trained.
const CHUNK: i64 = 256;

/// Pictures of faces as the networks take them.
pub(super) fn check_faces(images: &Tensor) -> Result<()> {
    let size = images.size();
    if matches!(size[..], [count, 3, 45, 45] if count > 0)
        && matches!(images.kind(), Kind::Float | Kind::Uint8)
    {
        return Ok(());
    }
    let what = format!("images of shape {size:?} and kind {:?}", images.kind());
    let problem = "n × 3 × 45 × 45 of kind Float (from 0 to 1) or Uint8 is needed; `FaceReader::size` sets height and width";
    Err(Error::invalid(what, problem))
}

/// Pictures of digits as the networks take them.
pub(super) fn check_digits(images: &Tensor) -> Result<()> {
    let size = images.size();
    if matches!(size[..], [count, 1, 28, 28] if count > 0)
        && matches!(images.kind(), Kind::Float | Kind::Uint8)
    {
        return Ok(());
    }
    let what = format!("images of shape {size:?} and kind {:?}", images.kind());
    let problem = "n × 1 × 28 × 28 of kind Float (from 0 to 1) or Uint8 is needed";
    Err(Error::invalid(what, problem))
}

/// Applies a function to some rows at a time, on a device and without gradients, so that any number of rows fits into
/// memory. Bytes become numbers from 0 to 1.
pub(super) fn in_chunks(
    rows: &Tensor,
    device: Device,
    apply: impl Fn(Tensor) -> Result<Tensor, TchError>,
) -> Result<Tensor> {
    let _guard = tch::no_grad_guard();
    let count = rows.size()[0];
    let chunks: Result<Vec<Tensor>, TchError> = (0..count)
        .step_by(CHUNK as usize)
        .map(|start| {
            let chunk = rows.f_narrow(0, start, CHUNK.min(count - start))?;
            let chunk = match chunk.f_kind()? {
                Kind::Uint8 => chunk.f_to_kind(Kind::Float)?.f_mul_scalar(1.0 / 255.0)?,
                _ => chunk.f_to_kind(Kind::Float)?,
            };
            apply(chunk.f_to_device(device)?)
        })
        .collect();
    Ok(Tensor::f_cat(&chunks?, 0)?)
}

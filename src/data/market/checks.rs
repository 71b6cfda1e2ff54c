//! What tensors must be to be examples of a market.

use tch::{Kind, Tensor};

use crate::{Error, Result};

/// Names by numbers.
pub(super) fn numbered(what: &str, count: i64) -> Vec<String> {
    (0..count).map(|number| format!("{what} {number}")).collect()
}

/// Names, as many as there are things.
pub(super) fn named(
    names: impl IntoIterator<Item = impl ToString>,
    count: usize,
    what: &str,
) -> Result<Vec<String>> {
    let names: Vec<String> = names.into_iter().map(|name| name.to_string()).collect();
    if names.len() == count {
        return Ok(names);
    }
    Err(Error::invalid(
        format!("{} names", names.len()),
        format!("there are {count} {what}, each needs one"),
    ))
}

/// An error about tensors of these shapes.
pub(super) fn shapes(series: &Tensor, statics: &Tensor, labels: &Tensor, problem: &str) -> Error {
    let what = format!(
        "series of shape {:?}, static features {:?}, labels {:?}",
        series.size(),
        statics.size(),
        labels.size()
    );
    Error::invalid(what, problem)
}

/// Refuses values that are no numbers.
pub(super) fn finite(values: &Tensor, what: &str) -> Result<()> {
    let odd = values.f_isfinite()?.f_logical_not()?;
    match i64::try_from(odd.f_sum(Kind::Int64)?)? {
        0 => Ok(()),
        count => Err(Error::invalid(
            format!("{what} of shape {:?}", values.size()),
            format!("{count} values are not finite"),
        )),
    }
}

/// Labels as whole numbers, where they are.
pub(super) fn whole_labels(labels: &Tensor) -> Result<Tensor> {
    let whole = labels.f_to_kind(Kind::Int64)?;
    let same = whole.f_to_kind(Kind::Double)?.f_eq_tensor(&labels.f_to_kind(Kind::Double)?)?;
    let known = whole.f_ge(0)?.f_logical_and(&whole.f_le(2)?)?.f_logical_and(&same)?;
    let strange = labels.f_masked_select(&known.f_logical_not()?)?;
    if strange.numel() == 0 {
        return Ok(whole);
    }
    let first = strange.f_to_kind(Kind::Double)?.f_double_value(&[0])?;
    let problem = format!("holds {first}; expected 0 (under), 1 (neutral) or 2 (over)");
    Err(Error::invalid(format!("labels of {} examples", labels.numel()), problem))
}

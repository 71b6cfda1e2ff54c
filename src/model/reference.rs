//! What tests compare networks with: `tests/fixtures/market_networks.py` makes it.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use serde_json::Value;
use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

pub(super) fn fixture() -> Value {
    serde_json::from_str(include_str!("../../tests/fixtures/market_networks.json")).unwrap()
}

/// Waves in place of random numbers.
pub(super) fn waves(shape: &[i64], phase: f64) -> Tensor {
    let count: i64 = shape.iter().product();
    (Tensor::arange(count, (Kind::Double, Device::Cpu)) * 0.7 + phase).sin().reshape(shape)
}

/// Waves for all weights, numbered in the order of their names; those of normalisations lie about 1. A `kernel` is inputs × outputs.
pub(super) fn fill(store: &VarStore) {
    let variables: BTreeMap<String, Tensor> =
        store.variables().into_iter().filter(|(name, _)| !name.contains("running")).collect();
    for (place, (name, variable)) in variables.into_iter().enumerate() {
        let variable = if name.ends_with(".kernel") { variable.tr() } else { variable };
        let size = variable.size();
        let scale = match size[..] {
            [_] => 0.1,
            _ => 2.0 / (size[1..].iter().product::<i64>() as f64).sqrt(),
        };
        let shift = if name.contains("norm") && name.ends_with("weight") { 1.0 } else { 0.0 };
        let value = waves(&size, place as f64) * scale + shift;
        tch::no_grad(|| variable.shallow_clone().copy_(&value));
    }
}

/// Every so many of a tensor's values against those of the reference.
pub(super) fn compare(name: &str, ours: &Tensor, theirs: &Value, tolerance: f64) {
    let ours: Vec<f64> = ours.reshape([-1]).to_kind(Kind::Double).try_into().unwrap();
    let every = theirs["every"].as_u64().unwrap() as usize;
    let theirs = theirs["values"].as_array().unwrap();
    assert_eq!(ours.len().div_ceil(every), theirs.len(), "{name}");
    for (ours, theirs) in ours.iter().step_by(every).zip(theirs) {
        let theirs = theirs.as_f64().unwrap();
        assert!((ours - theirs).abs() < tolerance, "{name}: {ours} {theirs}");
    }
}

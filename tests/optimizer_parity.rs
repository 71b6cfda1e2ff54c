//! Optimisers against torch.optim (see `fixtures/optimizers.py`).

#![allow(clippy::unwrap_used)]

use latentlab::tch::{Kind, Tensor};
use latentlab::train::{Adam, AdamW, Clip, Optimizer, RmsProp, Rule, Sgd};
use serde_json::Value;

fn tensor(value: &Value, kind: Kind) -> Tensor {
    fn gather(value: &Value, shape: &mut Vec<i64>, depth: usize, numbers: &mut Vec<f64>) {
        match value {
            Value::Array(items) => {
                if shape.len() == depth {
                    shape.push(items.len() as i64);
                }
                items.iter().for_each(|item| gather(item, shape, depth + 1, numbers));
            }
            number => numbers.push(number.as_f64().unwrap()),
        }
    }
    let (mut shape, mut numbers) = (Vec::new(), Vec::new());
    gather(value, &mut shape, 0, &mut numbers);
    Tensor::from_slice(&numbers).view(shape.as_slice()).to_kind(kind)
}

fn rule(case: &Value) -> Rule {
    let options = &case["options"];
    let number = |name: &str, default: f64| options[name].as_f64().unwrap_or(default);
    let is = |name: &str| options[name].as_bool().unwrap_or(false);
    let rate = number("lr", f64::NAN);
    let beta = |place: usize, default: f64| options["betas"][place].as_f64().unwrap_or(default);
    match case["rule"].as_str().unwrap() {
        "Adam" => Adam::new(rate)
            .betas(beta(0, 0.9), beta(1, 0.999))
            .epsilon(number("eps", 1e-8))
            .weight_decay(number("weight_decay", 0.0))
            .amsgrad(is("amsgrad"))
            .into(),
        "AdamW" => AdamW::new(rate)
            .weight_decay(number("weight_decay", 0.01))
            .amsgrad(is("amsgrad"))
            .into(),
        "RMSprop" => RmsProp {
            smoothing: number("alpha", 0.99),
            epsilon: number("eps", 1e-8),
            momentum: number("momentum", 0.0),
            centered: is("centered"),
            weight_decay: number("weight_decay", 0.0),
            ..RmsProp::new(rate)
        }
        .into(),
        _ => Sgd {
            momentum: number("momentum", 0.0),
            dampening: number("dampening", 0.0),
            nesterov: is("nesterov"),
            weight_decay: number("weight_decay", 0.0),
            ..Sgd::new(rate)
        }
        .into(),
    }
}

/// The largest distance of a weight from the reference, at the steps that it was written down for.
fn distance(case: &Value, fixture: &Value, kind: Kind) -> f64 {
    let weights: Vec<Tensor> = fixture["weights"]
        .as_array()
        .unwrap()
        .iter()
        .map(|weight| tensor(weight, kind).set_requires_grad(true))
        .collect();
    let (inputs, targets) = (tensor(&fixture["inputs"], kind), tensor(&fixture["targets"], kind));
    let named = weights.iter().enumerate();
    let named =
        named.map(|(place, weight)| (format!("w{place}"), weight.shallow_clone())).collect();
    let mut optimizer = Optimizer::of_variables(named, rule(case)).unwrap();
    if let Some(limit) = case["norm"].as_f64() {
        optimizer = optimizer.clip(Clip::Norm(limit)).unwrap();
    }
    if let Some(limit) = case["value"].as_f64() {
        optimizer = optimizer.clip(Clip::Value(limit)).unwrap();
    }
    let frozen = |step: u64| {
        case["freeze"][0].as_u64().is_some_and(|first| first <= step)
            && case["freeze"][1].as_u64().is_some_and(|end| step < end)
    };
    let expected = &case[if kind == Kind::Float { "float" } else { "double" }];
    let mut most: f64 = 0.0;
    for step in 0..100 {
        for weight in &weights[..2] {
            let _same = weight.set_requires_grad(!frozen(step));
        }
        let hidden = inputs.linear(&weights[0], Some(&weights[1])).tanh();
        let loss = (hidden.linear(&weights[2], Some(&weights[3])) - &targets).square().mean(kind);
        optimizer.minimize(&loss).unwrap();
        if let Some(numbers) = expected[(step + 1).to_string()].as_array() {
            let flat: Vec<Tensor> =
                weights.iter().map(|weight| weight.detach().reshape([-1])).collect();
            let ours: Vec<f64> = Tensor::cat(&flat, 0).to_kind(Kind::Double).try_into().unwrap();
            assert_eq!(ours.len(), numbers.len());
            for (one, other) in ours.iter().zip(numbers) {
                most = most.max((one - other.as_f64().unwrap()).abs());
            }
        }
    }
    most
}

#[test]
fn a_hundred_steps_are_those_of_torch() {
    let fixture: Value = serde_json::from_str(include_str!("fixtures/optimizers.json")).unwrap();
    let cases = fixture["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 17);
    for case in cases {
        let doubles = distance(case, &fixture, Kind::Double);
        let floats = distance(case, &fixture, Kind::Float);
        println!("{}: {doubles:.1e} in f64, {floats:.1e} in f32", case["name"]);
        assert!(doubles < 1e-11, "{}: {doubles:e}", case["name"]);
        // f32 rounds to 1e-7 at each step, and Adam divides small gradients by small roots.
        assert!(floats < 5e-6, "{}: {floats:e}", case["name"]);
    }
}

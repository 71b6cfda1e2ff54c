#![allow(clippy::unwrap_used)]
use std::collections::BTreeMap;
use std::sync::Arc;

use ndarray::{Array1, Array2, ArrayD};
use polars::prelude::df;
use tch::{Device, Kind, Tensor};

use super::*;
use crate::notebook::Show;

/// Neither Debug nor Clone.
struct Secret {
    _bytes: [u8; 40],
}

/// What a kernel writes for a variable, to the letter.
macro_rules! asked {
    ($value:expr) => {{
        #[allow(unused_imports)]
        use crate::notebook::variables::{Known as _, Opaque as _};
        #[allow(clippy::needless_borrow)]
        (&crate::notebook::variables::Probe(&$value)).inspect()
    }};
}

#[test]
fn generated_code_works_for_any_type() {
    let secret = Secret { _bytes: [0; 40] };
    let closure = |x: u64| x + secret._bytes.len() as u64;
    let boxed: Box<dyn Fn(u64) -> u64> = Box::new(|x| x);
    let secrets = vec![Secret { _bytes: [1; 40] }, Secret { _bytes: [2; 40] }];
    let maybe: Option<Secret> = None;
    assert_eq!(asked!(secret), Inspection { memory: 40, ..Inspection::default() });
    assert_eq!(asked!(closure).memory, size_of::<usize>());
    assert_eq!(asked!(boxed).memory, 2 * size_of::<usize>());
    assert_eq!(asked!(maybe).memory, size_of::<Option<Secret>>());
    let found = asked!(secrets);
    assert_eq!((found.shape.as_deref(), found.dtype.as_deref()), (Some("2"), Some("Secret")));
    assert!(found.memory >= 80);
    assert_eq!(closure(1), 41);
}

#[test]
fn a_known_type_is_never_taken_for_an_opaque_one() {
    assert_eq!(asked!(1.5_f64).preview, "1.5");
    assert_eq!(asked!("text").preview, "\"text\"");
    assert_eq!(asked!(String::from("a\nb")).preview, "\"a\\nb\"");
    assert_eq!(asked!(Some(2_u8)).preview, "Some(2)");
    assert_eq!(asked!(None::<u8>).preview, "None");
    assert_eq!(asked!(vec![1, 2]).preview, "[1, 2]");
    assert_eq!(asked!([1_u8; 9]).preview, "[1, 1, 1, 1, 1, 1, …]");
    assert_eq!(asked!(BTreeMap::from([("a", 1)])).preview, "{\"a\": 1}");
    assert_eq!(asked!(Arc::new(vec![true])).shape.as_deref(), Some("1"));
}

#[test]
fn arrays_say_their_shape() {
    let found = asked!(Array2::<f32>::zeros((100, 20)));
    assert_eq!((found.shape.as_deref(), found.dtype.as_deref()), (Some("100 × 20"), Some("f32")));
    assert!((8000..8200).contains(&found.memory), "{found:?}");
    assert_eq!(asked!(Array1::from(vec![1.0, 2.5])).preview, "[1.0, 2.5]");
    assert_eq!(asked!(ArrayD::<f64>::zeros(vec![])).shape.as_deref(), Some("scalar"));
    assert_eq!(asked!(Array2::<f64>::zeros((4, 4)).row(0)).shape.as_deref(), Some("4"));
}

#[test]
fn tensors_say_where_they_are() {
    let found = asked!(Tensor::arange(24, (Kind::Float, Device::Cpu)).reshape([4, 6]));
    assert_eq!(found.shape.as_deref(), Some("4 × 6"));
    assert_eq!((found.dtype.as_deref(), found.device.as_deref()), (Some("f32"), Some("CPU")));
    assert_eq!(found.memory, 24 * 4 + size_of::<Tensor>());
    assert_eq!(found.preview, "[0, 1, 2, 3, 4, 5, …]");
    let narrow = Tensor::arange(8, (Kind::Int64, Device::Cpu)).reshape([4, 2]);
    assert_eq!(asked!(narrow).preview, "[0, 1, 2, 3, 4, 5, …]");
    assert_eq!(asked!(Tensor::from(0.1_f32)).preview, "0.1");
    assert_eq!(asked!(Tensor::from(0.1_f32)).shape.as_deref(), Some("scalar"));
    assert_eq!(asked!(Tensor::zeros([0, 3], (Kind::Bool, Device::Cpu))).preview, "[]");
    assert_eq!(asked!(Tensor::new()).preview, "undefined");
    let complex = Tensor::zeros([2], (Kind::ComplexFloat, Device::Cpu));
    assert_eq!(asked!(complex).shape.as_deref(), Some("2"));
    assert_eq!(asked!(complex).preview, "");
}

#[test]
fn frames_name_their_columns() {
    let frame = df!["ticker" => ["T"], "close" => [16.98]].unwrap();
    let found = asked!(frame);
    assert_eq!(found.shape.as_deref(), Some("1 × 2"));
    assert_eq!(found.preview, "ticker: str, close: f64");
}

#[test]
fn large_values_have_short_previews() {
    let nested = vec![vec![0.25_f64; 1_000_000]; 3];
    let found = asked!(nested);
    assert!(found.preview.chars().count() <= PREVIEW + 1, "{}", found.preview);
    let text = "é\n".repeat(1_000_000);
    assert!(asked!(text).preview.chars().count() <= PREVIEW + 1);
}

#[test]
fn a_table_of_everything_can_be_shown() {
    let mut table = crate::notebook::VariableTable::new();
    table.add("x", "Tensor", asked!(Tensor::zeros([2, 2], (Kind::Double, Device::Cpu))));
    table.add("secret", "Secret", asked!(Secret { _bytes: [0; 40] }));
    let text = table.rich().get("text/plain").unwrap().to_owned();
    assert!(
        text.contains("2 × 2") && text.contains("40 B") && text.contains("2 variables"),
        "{text}"
    );
}

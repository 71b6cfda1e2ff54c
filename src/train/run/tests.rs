#![allow(clippy::unwrap_used)]

use tch::{Device, Kind, Tensor};

use super::*;
use crate::train::LastBatch;

fn numbered(count: i64) -> Tensor {
    Tensor::arange(count, (Kind::Int64, Device::Cpu))
}

/// The examples in the order in which a run hands them out.
fn drawn(plan: Epochs, count: i64) -> Vec<Vec<i64>> {
    let mut run = plan.start(&numbered(count)).unwrap();
    let mut batches = Vec::new();
    while let Some(batch) = run.next_batch().unwrap() {
        batches.push(batch.inputs().try_into().unwrap());
    }
    batches
}

#[test]
fn every_epoch_holds_each_example_once_in_an_order_of_its_own() {
    let _turn = crate::random::torch_turn();
    let batches = drawn(Epochs::new("x", 3).batch_size(4).seed(5), 10);
    assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [4, 4, 2, 4, 4, 2, 4, 4, 2]);
    let epochs: Vec<Vec<i64>> = batches.chunks(3).map(<[_]>::concat).collect();
    for epoch in &epochs {
        let mut sorted = epoch.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..10).collect::<Vec<i64>>());
    }
    assert!(epochs[0] != epochs[1] && epochs[1] != epochs[2]);
    assert_eq!(drawn(Epochs::new("x", 3).batch_size(4).seed(5), 10), batches);
    assert_ne!(drawn(Epochs::new("x", 3).batch_size(4).seed(6), 10), batches);
}

#[test]
fn incomplete_batches_are_dropped_where_asked() {
    let _turn = crate::random::torch_turn();
    let batches = drawn(Epochs::new("x", 2).batch_size(4).last_batch(LastBatch::Drop), 10);
    assert!(batches.len() == 4 && batches.iter().all(|batch| batch.len() == 4));
    let nothing = Epochs::new("x", 2).batch_size(11).last_batch(LastBatch::Drop);
    assert!(nothing.start(&numbered(10)).is_err());
    assert!(Epochs::new("x", 1).batch_size(0).start(&numbered(10)).is_err());
}

#[test]
fn a_number_of_steps_goes_round_and_round() {
    let _turn = crate::random::torch_turn();
    let batches = drawn(Epochs::new("x", 2).batch_size(4).steps_per_epoch(7), 10);
    assert!(batches.len() == 14 && batches.iter().all(|batch| batch.len() == 4));
    // Two whole orders lie in the first five batches.
    let mut twice = batches[..5].concat();
    twice.sort_unstable();
    assert_eq!(twice, (0..10).flat_map(|row| [row, row]).collect::<Vec<i64>>());
}

#[test]
fn augmentation_sees_each_training_batch() {
    let _turn = crate::random::torch_turn();
    let plan = Epochs::new("x", 1).batch_size(10).augment(|rows| rows * 10);
    let mut all = drawn(plan, 10).concat();
    all.sort_unstable();
    assert_eq!(all, (0..10).map(|row| row * 10).collect::<Vec<i64>>());
}

#[test]
fn an_interrupt_keeps_whole_epochs() {
    let _turn = crate::random::torch_turn();
    let history = interrupt::with_request_after(7, || {
        let mut run = Epochs::new("x", 5).batch_size(4).start(&numbered(10)).unwrap();
        while let Some(_batch) = run.next_batch().unwrap() {
            run.record(&[("loss", &Tensor::from(1.0))]).unwrap();
        }
        run.finish()
    });
    assert_eq!(history.ending(), Ending::Interrupted);
    assert_eq!(history.series("loss"), [1.0, 1.0]);
}

#[test]
fn measures_that_are_not_finite_end_it_with_advice() {
    let _turn = crate::random::torch_turn();
    let mut run = Epochs::new("GAN", 5).batch_size(10).start(&numbered(10)).unwrap();
    let mut value = 1.0_f64;
    let error = loop {
        match run.next_batch() {
            Ok(Some(_)) => run.record(&[("loss", &Tensor::from(value))]).unwrap(),
            Ok(None) => panic!("it went on"),
            Err(error) => break error.to_string(),
        }
        if run.epoch() == 2 {
            value = f64::NAN;
        }
    };
    let wanted = "GAN did not converge: `loss` became NaN in epoch 3, after 1 in epoch 2; try a learning rate ten times";
    assert!(error.starts_with(wanted), "{error}");
}

//! What needs several processes: a training that is killed, and equal numbers in different ones.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use latentlab::tch::nn::{self, Module, VarStore};
use latentlab::tch::{Device, Kind, Tensor};
use latentlab::train::{Adam, Checkpoint, Losses, Trainer};

const FILE: &str = "LATENTLAB_TEST_CHECKPOINT";
const EPOCHS: usize = 40;

/// Trains a small network with noise and dropout, and returns the bits of its weights.
fn train(checkpoint: Option<&Path>) -> Vec<u32> {
    latentlab::tch::manual_seed(5);
    let store = VarStore::new(Device::Cpu);
    let first = nn::linear(store.root() / "first", 8, 32, Default::default());
    let second = nn::linear(store.root() / "second", 32, 1, Default::default());
    let x = (Tensor::arange(256 * 8, (Kind::Float, Device::Cpu)) * 0.37).sin().view([256, 8]);
    let y = x.sum_dim_intlist([1_i64].as_slice(), true, Kind::Float);
    let mut trainer = Trainer::new(Adam::new(0.01)).epochs(EPOCHS).batch_size(16).seed(9);
    if let Some(path) = checkpoint {
        trainer = trainer.checkpoints(path, 1);
    }
    let history = trainer
        .fit_with(&store, &(&x, &y), |batch, pass| {
            let hidden = first.forward(batch.inputs()).tanh().dropout(0.2, pass.training);
            let distance =
                second.forward(&(&hidden + hidden.randn_like() * 0.1)) - batch.targets()?;
            Ok(Losses::new(distance.square().mean(Kind::Float)))
        })
        .unwrap();
    assert_eq!(history.epochs().len(), EPOCHS);
    let mut bits = Vec::new();
    for weight in [&first.ws, first.bs.as_ref().unwrap(), &second.ws, second.bs.as_ref().unwrap()] {
        let values: Vec<f32> = weight.detach().reshape([-1]).try_into().unwrap();
        bits.extend(values.iter().map(|value| value.to_bits()));
    }
    bits
}

#[test]
#[ignore = "is the process that the other test starts and kills"]
fn child() {
    let path = std::env::var_os(FILE).expect("the other test names a file");
    train(Some(Path::new(&path)));
}

#[test]
fn a_killed_training_resumes_to_the_same_weights() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.safetensors");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--ignored"])
        .env(FILE, &path)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    while !path.exists() {
        assert!(
            child.try_wait().unwrap().is_none_or(|status| status.success()),
            "the child failed"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
    // Whatever the child is doing by then: a step, a checkpoint, or nothing any more.
    let random = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos() % 300;
    std::thread::sleep(Duration::from_millis(u64::from(random)));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(Checkpoint::read(&path).is_ok(), "killed after {random} ms, the file is not whole");
    let resumed = train(Some(&path));
    let whole = train(None);
    assert_eq!(resumed, whole, "killed after {random} ms");
    // A run of which another process has done the beginning repeats, and so does one of this process alone.
    assert_eq!(train(None), whole);
}

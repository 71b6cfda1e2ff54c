//! Images a second in training, for `benches/peers/train.py`: one line `NAME UNIT NUMBER` for each kind of work.
//!
//!     cargo run --release --example train -- faces 64 8
//!     cargo run --release --example train -- digits 64 8
//!     cargo run --release --example train -- small
//!     cargo run --release --example train -- market 8

use std::time::Instant;

use latentlab::model::{
    Autoencoder, Dcgan, DcganConfig, FaceVae, FaceVaeConfig, MarketGan, MarketGanConfig, Vae,
};
use latentlab::tch::nn::{self, Module, OptimizerConfig, VarStore};
use latentlab::tch::{Device, Kind, Tensor};
use latentlab::train::{Adam, Dataset, DeviceSelection, Epochs, Model, Optimizer, Pass, Trainer};

fn main() -> latentlab::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize, default: usize| {
        arguments.get(place).and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    match arguments.first().map(String::as_str) {
        Some("small") => small().and_then(|()| autoencoders()),
        Some("digits") => digits(number(1, 64), number(2, 8)),
        Some("market") => market(number(1, 8)),
        _ => faces(number(1, 64), number(2, 8)),
    }
}

/// The variational autoencoder of faces, by the whole loop; the fastest of three rounds after one to warm up.
fn faces(batch: usize, steps: usize) -> latentlab::Result<()> {
    let device = DeviceSelection::auto()?.device();
    let images = Tensor::rand([1024, 3, 45, 45], (Kind::Float, Device::Cpu));
    let mut model = FaceVae::new(FaceVaeConfig::default(), device, 1)?;
    let trainer = Trainer::new(Adam::new(1e-3)).epochs(4).batch_size(batch).steps_per_epoch(steps);
    let history = trainer.live(false).fit(&mut model, &images)?;
    let seconds = history.series("seconds").into_iter().skip(1).fold(f64::INFINITY, f64::min);
    println!("faces_{batch} images/s {:.1}", (batch * steps) as f64 / seconds);
    Ok(())
}

/// The adversarial networks of digits, by the whole loop; the fastest of three rounds after one to warm up.
fn digits(batch: usize, steps: usize) -> latentlab::Result<()> {
    let device = DeviceSelection::auto()?.device();
    let images = Tensor::rand([1024, 1, 28, 28], (Kind::Float, Device::Cpu));
    for (name, config) in
        [("baseline", DcganConfig::baseline()), ("improved", DcganConfig::improved())]
    {
        let mut model = Dcgan::new(config, device, 1)?;
        let epochs = Epochs::new("Digits", 4).batch_size(batch).steps_per_epoch(steps).live(false);
        let fit = model.fit(epochs, &images, &[])?;
        let seconds =
            fit.history().series("seconds").into_iter().skip(1).fold(f64::INFINITY, f64::min);
        println!("digits_{name}_{batch} images/s {:.1}", (batch * steps) as f64 / seconds);
    }
    Ok(())
}

/// Steps of both networks of the market GAN on batches of 64, by the whole loop; the fastest of three rounds after one to warm up.
fn market(steps: usize) -> latentlab::Result<()> {
    let device = DeviceSelection::auto()?.device();
    let series = Tensor::rand([512, 8, 180], (Kind::Float, Device::Cpu)) * 2.0 - 1.0;
    let classes = Tensor::randint(3, [512], (Kind::Int64, Device::Cpu));
    let mut gan = MarketGan::new(MarketGanConfig::default(), device, 1)?;
    let plan = Epochs::new("Market GAN", 4).batch_size(64).steps_per_epoch(steps).live(false);
    let history = gan.fit(plan, &(&series, &classes))?;
    let seconds = history.series("seconds").into_iter().skip(1).fold(f64::INFINITY, f64::min);
    println!("market_64 steps/s {:.2}", steps as f64 / seconds);
    Ok(())
}

/// Networks so small that overhead decides: microseconds a step of forward, backward and Adam.
fn small() -> latentlab::Result<()> {
    let shapes: [(&str, Vec<i64>, i64, usize); 3] = [
        ("trader", vec![4, 5, 1], 16, 500),
        ("factor", vec![100, 64, 32, 64, 100], 64, 200),
        ("deep", vec![32; 17], 32, 100),
    ];
    for (name, widths, batch, steps) in shapes {
        let options = (Kind::Float, Device::Cpu);
        let inputs = Tensor::randn([batch, widths[0]], options);
        let targets = Tensor::randn([batch, widths[widths.len() - 1]], options);
        let (store, network) = layers(&widths);
        let mut flat = Optimizer::new(&store, Adam::new(1e-3))?;
        let loss = |network: &nn::Sequential| {
            (network.forward(&inputs) - &targets).square().mean(Kind::Float)
        };
        let ours = fastest(steps, || flat.minimize(&loss(&network)))?;
        let (store, network) = layers(&widths);
        let mut theirs = nn::Adam::default().build(&store, 1e-3)?;
        let tch = fastest(steps, || {
            theirs.backward_step(&loss(&network));
            Ok(())
        })?;
        println!("{name} us/step {ours:.1}\n{name}_tch us/step {tch:.1}");
    }
    Ok(())
}

/// Whole steps of the networks of linear layers on digits: the loss with its noise, gradients, Adam.
fn autoencoders() -> latentlab::Result<()> {
    for batch in [32, 128] {
        let plain = Autoencoder::new(Default::default(), Device::Cpu, 1)?;
        let vae = Vae::new(Default::default(), Device::Cpu, 1)?;
        let models: [(&str, &dyn Model); 2] = [("autoencoder", &plain), ("vae", &vae)];
        for (name, model) in models {
            let images = Tensor::rand([batch, 784], (Kind::Float, Device::Cpu));
            let rows: Vec<i64> = (0..batch).collect();
            let examples = Dataset::new(&images)?.rows(&rows)?;
            let pass = Pass { training: true, epoch: 1, epochs: 1 };
            let mut optimizer = Optimizer::new(model.variables(), Adam::new(1e-3))?;
            let ours = fastest(20, || optimizer.minimize(model.loss(&examples, &pass)?.loss()))?;
            println!("{name}_{batch} us/step {ours:.1}");
        }
    }
    Ok(())
}

fn layers(widths: &[i64]) -> (VarStore, nn::Sequential) {
    let store = VarStore::new(Device::Cpu);
    let mut network = nn::seq();
    for (place, pair) in widths.windows(2).enumerate() {
        let path = store.root() / format!("layer{place}");
        network = network.add(nn::linear(path, pair[0], pair[1], Default::default()));
        if place + 2 < widths.len() {
            network = network.add_fn(Tensor::tanh);
        }
    }
    (store, network)
}

/// Microseconds of one step, in the fastest of twenty rounds.
fn fastest(
    steps: usize,
    mut step: impl FnMut() -> latentlab::Result<()>,
) -> latentlab::Result<f64> {
    let mut least = f64::INFINITY;
    for _ in 0..20 {
        let started = Instant::now();
        for _ in 0..steps {
            step()?;
        }
        least = least.min(started.elapsed().as_secs_f64() * 1e6 / steps as f64);
    }
    Ok(least)
}

//! What the neural trader earns over several seeds, and how long a training step takes, for `benches/peers/trader.py` to be compared
//! with: `cargo run --release --example trader -- [SEEDS [EPOCHS]]`, or `-- speed` for the steps alone.

use std::time::Instant;

use latentlab::prelude::*;

const KINDS: [(&str, f64, f64); 6] = [
    ("noise", 0.0, 0.0),
    ("noise, dropout", 0.0, 0.5),
    ("momentum 0.2", 0.2, 0.0),
    ("momentum 0.2, dropout", 0.2, 0.5),
    ("momentum 0.5", 0.5, 0.0),
    ("momentum 0.5, dropout", 0.5, 0.5),
];

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    tch::set_num_threads(1);
    if arguments.first().is_some_and(|argument| argument == "speed") {
        return speed();
    }
    let number =
        |place: usize| arguments.get(place).and_then(|argument| argument.parse::<usize>().ok());
    let (seeds, epochs) = (number(0).unwrap_or(10) as u64, number(1).unwrap_or(250));
    println!(
        "latentlab, {seeds} seeds, {epochs} epochs; mean and standard deviation over the seeds"
    );
    println!("{:24}{:>18}{:>18}", "", "train", "validation");
    let mut bar = Progress::new("Traders", KINDS.len() as u64 * seeds).unit("traders");
    for (name, persistence, dropout) in KINDS {
        let (mut train, mut validation) = (Vec::new(), Vec::new());
        for seed in 1..=seeds {
            let history = trained(persistence, dropout, seed, epochs)?;
            train.extend(history.series("return").last());
            validation.extend(history.series("validation_return").last());
            bar.advance(1);
        }
        println!("{name:24}{}{}", spread(&train), spread(&validation));
    }
    Ok(())
}

fn windows(persistence: f64, series: usize, seed: u64) -> Result<(Tensor, Tensor)> {
    let model = MomentumModel::default().persistence(persistence).series(series).seed(seed);
    NeuralTrader::windows(&model.sample()?, 4)
}

fn trained(persistence: f64, dropout: f64, seed: u64, epochs: usize) -> Result<History> {
    let (x, y) = windows(persistence, 1000, 2 * seed)?;
    let (held_x, held_y) = windows(persistence, 100, 2 * seed + 1)?;
    let config = TraderConfig { dropout, ..Default::default() };
    let mut trader = NeuralTrader::new(config, Device::Cpu, seed)?;
    Trainer::new(RmsProp::new(0.01))
        .epochs(epochs)
        .batch_size(1000)
        .seed(seed)
        .validation(&(&held_x, &held_y))
        .live(false)
        .fit(&mut trader, &(&x, &y))
}

fn spread(values: &[f64]) -> String {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    format!("{mean:10.4} ± {:.4}", (squares / (count - 1.0)).sqrt())
}

/// Microseconds a training step: in the whole loop, validation included, and alone (loss, gradient and RMSprop on one batch again and
/// again); the fastest of several rounds.
fn speed() -> Result<()> {
    let (epochs, rounds) = (50, 8);
    for (name, dropout) in [("trader", 0.0), ("dropout", 0.5)] {
        let (mut loop_least, mut step_least) = (f64::INFINITY, f64::INFINITY);
        for seed in 0..rounds {
            let started = Instant::now();
            let _history = trained(0.2, dropout, seed, epochs)?;
            loop_least = loop_least.min(started.elapsed().as_secs_f64() / (16 * epochs) as f64);
            step_least = step_least.min(step(dropout, 16 * epochs)?);
        }
        println!(
            "{name} us/step {:.1}\n{name}, step alone us/step {:.1}",
            loop_least * 1e6,
            step_least * 1e6
        );
    }
    Ok(())
}

fn step(dropout: f64, steps: usize) -> Result<f64> {
    let config = TraderConfig { dropout, ..Default::default() };
    let trader = NeuralTrader::new(config, Device::Cpu, 1)?;
    let mut optimizer = Optimizer::new(trader.variables(), RmsProp::new(0.01))?;
    let (x, y) = windows(0.2, 1000, 1)?;
    let rows: Vec<i64> = (0..1000).collect();
    let batch = Dataset::new(&x)?.with(&y)?.rows(&rows)?;
    let pass = Pass { training: true, epoch: 1, epochs: 1 };
    let started = Instant::now();
    for _ in 0..steps {
        optimizer.minimize(trader.loss(&batch, &pass)?.loss())?;
    }
    Ok(started.elapsed().as_secs_f64() / steps as f64)
}

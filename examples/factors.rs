//! What the variational autoencoder of latent factors finds, over several seeds, for `benches/peers/factors.py`:
//! `cargo run --release --example factors -- [SEEDS [EPOCHS [FOLDER]]]`; the folder gets the markets, for both to look at the same.

use std::fmt::Write;
use std::path::Path;

use latentlab::prelude::*;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number =
        |place: usize| arguments.get(place).and_then(|argument| argument.parse::<usize>().ok());
    let (seeds, epochs) = (number(0).unwrap_or(5) as u64, number(1).unwrap_or(200));
    tch::set_num_threads(1);
    let mut rows: Vec<(&str, Vec<f64>)> = Vec::new();
    for seed in 1..=seeds {
        let market = FactorModel::default().seed(seed).sample()?;
        if let Some(folder) = arguments.get(2) {
            write(&market, &Path::new(folder).join(format!("{seed}.csv")))?;
        }
        for (name, value) in look(&market, seed, epochs)? {
            match rows.iter_mut().find(|(known, _)| *known == name) {
                Some((_, values)) => values.push(value),
                None => rows.push((name, vec![value])),
            }
        }
    }
    println!("latentlab, {seeds} seeds, {epochs} epochs");
    println!("{:14}{:>8}{:>8}   each", "", "mean", "error");
    for (name, values) in rows {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let error = (squares / (count - 1.0) / count).sqrt();
        let each: Vec<String> = values.iter().map(|value| format!("{value:.3}")).collect();
        println!("{name:14}{mean:8.3}{error:8.3}   {}", each.join(" "));
    }
    Ok(())
}

fn look(market: &FactorSample, seed: u64, epochs: usize) -> Result<Vec<(&'static str, f64)>> {
    let scaled = market.returns()?.standardize()?;
    let data = Tensor::try_from(&scaled)?.to_kind(Kind::Float);
    let mut model = FactorVae::new(FactorVaeConfig::default(), Device::Cpu, seed)?;
    let start = std::time::Instant::now();
    Trainer::new(Adam::new(1e-3))
        .schedule(Schedule::Cosine { epochs, floor: 0.0 })
        .clip(Clip::Norm(1.0))
        .epochs(epochs)
        .seed(seed)
        .live(false)
        .fit(&mut model, &data)?;
    let seconds = start.elapsed().as_secs_f64();
    let explained =
        |again: &Tensor| 1.0 - (again - &data).square().mean(Kind::Double).double_value(&[]);
    let matching = FactorMatching::new(model.codes(&data)?, market.factors())?;
    let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
    let size = |pairs: &[latentlab::stats::FactorMatch]| {
        mean(pairs.iter().map(|pair| pair.correlation.abs()).collect())
    };
    Ok(vec![
        ("greedy", size(&matching.greedy())),
        ("assigned", size(matching.assigned())),
        ("canonical", mean(matching.canonical().to_vec())),
        ("VAE explains", explained(&model.reconstruct(&data)?)),
        ("with noise", explained(&model.decode(&model.sample_codes(&data, seed)?)?)),
        ("PCA explains", Pca::new(5).fit(&scaled)?.explained_variance_ratio().iter().sum()),
        ("seconds", seconds),
    ])
}

/// A row for each day: the returns, then the factors.
fn write(market: &FactorSample, path: &Path) -> Result<()> {
    let mut text = String::new();
    for (returns, factors) in market.values().outer_iter().zip(market.factors().outer_iter()) {
        for number in returns.iter().chain(&factors) {
            let _infallible = write!(text, "{number:e},");
        }
        text.pop();
        text.push('\n');
    }
    std::fs::write(path, text).map_err(|error| Error::io("write", path, error))
}

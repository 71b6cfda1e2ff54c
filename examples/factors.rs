//! What the variational autoencoder of latent factors finds, over several seeds, for `benches/peers/factors.py`:
//! `cargo run --release --example factors -- [SEEDS [EPOCHS]]`

use latentlab::prelude::*;

fn main() -> Result<()> {
    let mut arguments =
        std::env::args().skip(1).filter_map(|argument| argument.parse::<usize>().ok());
    let seeds = arguments.next().unwrap_or(5) as u64;
    let epochs = arguments.next().unwrap_or(200);
    tch::set_num_threads(1);
    let mut rows: Vec<(&str, Vec<f64>)> = Vec::new();
    for seed in 1..=seeds {
        for (name, value) in look(seed, epochs)? {
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

fn look(seed: u64, epochs: usize) -> Result<Vec<(&'static str, f64)>> {
    let market = FactorModel::default().seed(seed).sample()?;
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

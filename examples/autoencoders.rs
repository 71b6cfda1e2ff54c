//! What autoencoder and variational autoencoder reach on held-out digits over several seeds, for `benches/peers/autoencoders.py`:
//! `cargo run --release --example autoencoders -- [SEEDS [EPOCHS [FOLDER]]]`; the folder gets the digits, for both to look at the same.

use std::path::Path;

use latentlab::prelude::*;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number =
        |place: usize| arguments.get(place).and_then(|argument| argument.parse::<usize>().ok());
    let (seeds, epochs) = (number(0).unwrap_or(3) as u64, number(1).unwrap_or(20));
    tch::set_num_threads(1);
    let digits = Digits::open()?;
    let (training, test) = (digits.training()?.images(), digits.test()?.images());
    if let Some(folder) = arguments.get(2) {
        write(&training, &Path::new(folder).join("training.bytes"))?;
        write(&test, &Path::new(folder).join("test.bytes"))?;
    }
    println!("latentlab, {seeds} seeds, {epochs} epochs, {} digits", training.size()[0]);
    println!("{:32}{:>10}{:>10}   each", "", "mean", "error");
    let mut rows: Vec<Vec<f64>> = vec![Vec::new(); NAMES.len()];
    for seed in 1..=seeds {
        let found = look(&training, &test, seed, epochs)?;
        rows.iter_mut().zip(found).for_each(|(row, value)| row.push(value));
    }
    for (name, values) in NAMES.into_iter().zip(rows) {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let error = (squares / (count - 1.0) / count).sqrt();
        let each: Vec<String> = values.iter().map(|value| format!("{value:.4}")).collect();
        println!("{name:32}{mean:10.4}{error:10.4}   {}", each.join(" "));
    }
    Ok(())
}

const NAMES: [&str; 7] = [
    "VAE, -ELBO",
    "VAE, cross-entropy",
    "VAE, divergence",
    "VAE, squared error of the mean",
    "VAE, seconds an epoch",
    "autoencoder, cross-entropy",
    "autoencoder, squared error",
];

fn look(training: &Tensor, test: &Tensor, seed: u64, epochs: usize) -> Result<[f64; 7]> {
    let trainer = || {
        Trainer::new(Adam::new(1e-3))
            .epochs(epochs)
            .batch_size(128)
            .seed(seed)
            .validation(test)
            .live(false)
    };
    let wanted = test.flatten(1, -1).to_kind(Kind::Float) / 255.0;
    let squared = |again: &Tensor| (again - &wanted).square().mean(Kind::Double).double_value(&[]);
    let last =
        |history: &History, name: &str| history.series(name).last().copied().unwrap_or(f64::NAN);
    let mut vae = Vae::new(VaeConfig::default(), Device::Cpu, seed)?;
    let history = trainer().fit(&mut vae, training)?;
    let mut plain = Autoencoder::new(AutoencoderConfig::default(), Device::Cpu, seed)?;
    let plain_history = trainer().fit(&mut plain, training)?;
    let seconds = history.series("seconds");
    Ok([
        last(&history, "validation_loss"),
        last(&history, "validation_reconstruction"),
        last(&history, "validation_divergence"),
        squared(&vae.reconstruct(test)?),
        seconds.iter().sum::<f64>() / seconds.len() as f64,
        last(&plain_history, "validation_loss"),
        squared(&plain.reconstruct(test)?),
    ])
}

/// The pixels as they come, 784 bytes a digit.
fn write(images: &Tensor, path: &Path) -> Result<()> {
    let bytes: Vec<u8> = images.reshape([-1]).try_into()?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| Error::io("create", folder, error))?;
    }
    std::fs::write(path, bytes).map_err(|error| Error::io("write", path, error))
}

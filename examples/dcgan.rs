//! The first and the improved networks of digits, over several seeds: what `docs/figures/dcgan.*` is made of.
//!
//!     cargo run --release --example dcgan -- train out/dcgan 1 10 200 64
//!     cargo run --release --example dcgan -- judge out/dcgan 1 2 3
//!
//! The first line trains both with one seed (here 1) for 10 epochs of 200 steps of 64 pictures and keeps their weights in the folder. The
//! second measures those of some seeds and draws the figure there.

use std::path::Path;

use latentlab::prelude::*;

const NAMES: [&str; 2] = ["baseline", "improved"];
/// Pictures that are measured of each network.
const PICTURES: usize = 10_000;
/// Pictures of each network in the figure.
const SHOWN: usize = 20;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["train", folder, seed, epochs, steps, batch] => {
            let plan = [number(epochs)?, number(steps)?, number(batch)?];
            train(Path::new(folder), number(seed)? as u64, plan)
        }
        ["judge", folder, ref seeds @ ..] if !seeds.is_empty() => {
            let seeds: Result<Vec<usize>> = seeds.iter().map(|seed| number(seed)).collect();
            judge(Path::new(folder), &seeds?)
        }
        _ => {
            let expected =
                "expected `train FOLDER SEED EPOCHS STEPS BATCH` or `judge FOLDER SEED…`";
            Err(Error::invalid(arguments.join(" "), expected))
        }
    }
}

fn number(text: &str) -> Result<usize> {
    text.parse().map_err(|_| Error::invalid(text, "expected a whole number"))
}

fn train(folder: &Path, seed: u64, [epochs, steps, batch]: [usize; 3]) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|error| Error::io("create", folder, error))?;
    let digits = Digits::open()?;
    println!("{}", digits.source());
    let images = digits.training()?.images();
    for (name, config) in NAMES.into_iter().zip([DcganConfig::baseline(), DcganConfig::improved()])
    {
        let mut model = Dcgan::new(config, Device::Cpu, seed)?;
        let plan = Epochs::new(format!("{name} {seed}"), epochs)
            .batch_size(batch)
            .steps_per_epoch(steps)
            .seed(seed)
            .live(false);
        let fit = model.fit(plan, &images, &[])?;
        model.save(folder.join(format!("{name}-{seed}.safetensors")))?;
        let path = folder.join(format!("{name}-{seed}.txt"));
        let frame = fit.history().frame()?.to_string();
        std::fs::write(&path, frame).map_err(|error| Error::io("write", &path, error))?;
    }
    Ok(())
}

/// Prints the table seed by seed and as means, and draws what the networks of all seeds draw.
fn judge(folder: &Path, seeds: &[usize]) -> Result<()> {
    let digits = Digits::open()?;
    println!("{}", digits.source());
    let (training, test) = (digits.training()?, digits.test()?);
    let classifier = DigitClassifier::train(&training, Device::Cpu, 1)?;
    println!("classifier: {:.2} % of the held-out digits", 100.0 * classifier.accuracy(&test)?);
    let mut table = QualityTable::new("Drawn digits against held-out ones");
    let reference = training.take(PICTURES.min(training.len()))?.images();
    table.add("real digits", DigitQuality::measure(&classifier, &test, &reference)?);
    let (mut drawn, mut titles) = (Vec::new(), Vec::new());
    for name in NAMES {
        for seed in seeds {
            let path = folder.join(format!("{name}-{seed}.safetensors"));
            let pictures = Dcgan::load(&path, Device::Cpu)?.sample(PICTURES, 4242)?;
            let quality = DigitQuality::measure(&classifier, &test, &pictures)?;
            println!("{name}, seed {seed}: {quality}");
            table.add(name, quality);
            drawn.push(pictures.narrow(0, 0, SHOWN as i64));
            titles.push(format!("{name} {seed}"));
        }
    }
    println!("{}", table.frame()?);
    ImageGallery::new("Drawn digits, a row for each seed")
        .images(Tensor::cat(&drawn, 0))
        .row_titles(titles)
        .columns(SHOWN)
        .range(0.0, 1.0)
        .zoom(1.0)
        .figure()?
        .save(folder.join("dcgan.png"))
}

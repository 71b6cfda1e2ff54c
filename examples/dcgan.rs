//! The first and the improved networks of digits, over several seeds: what `docs/figures/dcgan.*` is made of.
//!
//!     cargo run --release --example dcgan -- train out/dcgan 1 10 200 64
//!
//! trains both with one seed (here 1) for 10 epochs of 200 steps of 64 pictures and keeps their weights in the folder.

use std::path::Path;

use latentlab::prelude::*;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["train", folder, seed, epochs, steps, batch] => train(
            Path::new(folder),
            number(seed)? as u64,
            [number(epochs)?, number(steps)?, number(batch)?],
        ),
        _ => Err(Error::invalid(
            arguments.join(" "),
            "expected `train FOLDER SEED EPOCHS STEPS BATCH`",
        )),
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
    for (name, config) in
        [("baseline", DcganConfig::baseline()), ("improved", DcganConfig::improved())]
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

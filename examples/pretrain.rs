//! Trains the weights that `FaceVae::pretrained` loads, on drawn faces, and writes how they came to be beside them.
//!
//!     cargo run --release --example pretrain -- [EPOCHS] [FACTOR] [FILE]
//!
//! Without arguments: 50 epochs, factor 100, `data/weights/face_vae.safetensors`. About four minutes on two cores.

use latentlab::prelude::*;

/// The seed of the assignment, for faces, split, first weights and order alike.
const SEED: u64 = 365;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let text = |place: usize, default: &str| {
        arguments.get(place).cloned().unwrap_or_else(|| default.to_owned())
    };
    let number = |place: usize, default: &str| {
        let text = text(place, default);
        text.parse::<f64>().map_err(|_| Error::invalid(text, "a number is needed"))
    };
    let (epochs, factor) = (number(0, "50")? as usize, number(1, "100")?);
    let file = text(2, "data/weights/face_vae.safetensors");

    let faces = FaceData::drawn(5000, SEED)?;
    let (training, validation) = faces.split(0.2, SEED)?;
    let (training, validation) = (training.tensor(Device::Cpu)?, validation.tensor(Device::Cpu)?);
    let config = FaceVaeConfig { factor, ..Default::default() };
    let mut model = FaceVae::new(config, Device::Cpu, SEED)?;
    let trainer = Trainer::new(Adam::new(1e-3)).epochs(epochs).seed(SEED).validation(&validation);
    let history = trainer.fit(&mut model, &training)?;
    model.save(&file)?;
    println!("{model} in {file}");
    for name in history.names() {
        if let Some(last) = history.series(&name).last() {
            println!("{name} {last:.3}");
        }
    }
    Ok(())
}

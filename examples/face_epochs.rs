//! The face autoencoder on pictures from a file, epoch by epoch, for `benches/peers/face_epochs.py`: a line of JSON for each
//! seed, with the squared error and the divergence of a picture in the validation part after each epoch.
//!
//!     cargo run --release --example face_epochs -- FILE EPOCHS SEEDS
//!
//! FILE holds pictures of 45 × 45 × 3 bytes (`examples/faces.rs` writes it). Every fifth is for validation.

use latentlab::prelude::*;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let usage = || Error::invalid(arguments.join(" "), "FILE EPOCHS SEEDS is needed");
    let [file, epochs, seeds] = arguments.as_slice() else { return Err(usage()) };
    let (epochs, seeds) =
        epochs.parse::<usize>().ok().zip(seeds.parse::<u64>().ok()).ok_or_else(usage)?;
    let levels = std::fs::read(file).map_err(|error| Error::io("read", file, error))?;
    let images = Tensor::f_from_slice(&levels)?.f_view([-1, 45, 45, 3])?.permute([0, 3, 1, 2]);
    let (mut training, mut validation) = (Vec::new(), Vec::new());
    for place in 0..images.size()[0] {
        if place % 5 == 0 { &mut validation } else { &mut training }.push(place);
    }
    let part = |rows: &[i64]| images.index_select(0, &Tensor::from_slice(rows));
    let (training, validation) = (part(&training), part(&validation));
    for seed in 0..seeds {
        let mut model = FaceVae::new(FaceVaeConfig::default(), Device::Cpu, seed)?;
        let trainer = Trainer::new(Adam::new(1e-3)).epochs(epochs).seed(seed).live(false);
        let history = trainer.validation(&validation).fit(&mut model, &training)?;
        println!(
            "{{\"seed\": {seed}, \"squared_error\": {:?}, \"divergence\": {:?}}}",
            history.series("validation_squared_error"),
            history.series("validation_divergence")
        );
    }
    Ok(())
}

//! Weights in files.

use std::path::Path;

use tch::Device;

use super::face::FaceVae;
use crate::Result;
use crate::model::network::Network;
use crate::train::Checkpoint;

impl FaceVae {
    /// Writes the weights as a safetensors file, aside first. Python reads it by `safetensors.torch.load_file`; the names are
    /// such as `model.encoder.conv1.weight`.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) where the file cannot be written.
    ///
    /// # Example
    /// ```
    /// use latentlab::prelude::*;
    ///
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("faces.safetensors");
    /// let model = FaceVae::new(FaceVaeConfig { factor: 10.0, ..Default::default() }, Device::Cpu, 1)?;
    /// model.save(&path)?;
    /// assert_eq!(FaceVae::load(&path, Device::Cpu)?.config().factor, 10.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        self.write(path)
    }

    /// A network from a file that [`save`](Self::save) or a training with checkpoints wrote.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) where it cannot be read, [`Error::Malformed`](crate::Error::Malformed) where it is damaged or of another network.
    ///
    /// # Example
    /// See [`save`](Self::save).
    pub fn load(path: impl AsRef<Path>, device: Device) -> Result<Self> {
        Self::read(path, device)
    }

    /// A network that was trained on 4,000 faces of `FaceData::drawn(5000, 365)` for 50 epochs with factor 100, by
    /// `cargo run --release --example pretrain`. It knows drawn faces only.
    ///
    /// # Errors
    /// [`Error::Torch`](crate::Error::Torch) where the device refuses.
    ///
    /// # Example
    /// ```
    /// use latentlab::prelude::*;
    ///
    /// let model = FaceVae::pretrained(Device::Cpu)?;
    /// let faces = FaceData::drawn(20, 1)?.tensor(Device::Cpu)?;
    /// let mean_square = (model.reconstruct(&faces)? - &faces).square().mean(Kind::Double);
    /// assert!(mean_square.double_value(&[]) < 0.02);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn pretrained(device: Device) -> Result<Self> {
        let path = "data/weights/face_vae.safetensors";
        let bytes = include_bytes!("../../../data/weights/face_vae.safetensors");
        Self::restored(path, &Checkpoint::from_bytes(path, bytes)?, device)
    }
}

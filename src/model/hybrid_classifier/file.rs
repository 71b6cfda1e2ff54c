//! Weights in files.

use std::path::Path;

use tch::Device;

use super::classifier::HybridClassifier;
use super::config::HybridClassifierConfig;
use crate::train::{Checkpoint, Model, write_checkpoint};
use crate::{Error, Result};

impl HybridClassifier {
    /// Writes the weights as a safetensors file, aside first. Python reads it by `safetensors.torch.load_file`; the names are
    /// such as `model.conv1.weight`.
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be written.
    ///
    /// # Example
    /// ```
    /// use latentlab::prelude::*;
    ///
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("classifier.safetensors");
    /// let config = HybridClassifierConfig { statics: 4, ..Default::default() };
    /// HybridClassifier::new(config, Device::Cpu, 1)?.save(&path)?;
    /// assert_eq!(HybridClassifier::load(&path, Device::Cpu)?.config(), config);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        write_checkpoint(path, &self.name(), &[("model", &self.store)])
    }

    /// A network from a file that [`save`](Self::save) or a training with checkpoints wrote.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be read, [`Error::Malformed`] where it is damaged or of another network.
    ///
    /// # Example
    /// See [`save`](Self::save).
    pub fn load(path: impl AsRef<Path>, device: Device) -> Result<Self> {
        let checkpoint = Checkpoint::read(&path)?;
        let name = checkpoint.name().to_owned();
        let Some(config) = HybridClassifierConfig::from_name(&name) else {
            let problem = format!("it is of `{name}`, and a `HybridClassifier` is needed");
            return Err(Error::malformed(path, None, problem));
        };
        let mut model = Self::new(config, device, 0)?;
        checkpoint.restore(&name, &mut [("model", &mut model.store)])?;
        Ok(model)
    }
}

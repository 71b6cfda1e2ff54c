//! Weights in files.

use std::path::Path;

use tch::Device;

use super::temporal::TemporalVae;
use crate::model::FactorVaeConfig;
use crate::train::{Checkpoint, Model, write_checkpoint};
use crate::{Error, Result};

impl TemporalVae {
    /// Writes the weights as a safetensors file, aside first. Python reads it by `safetensors.torch.load_file`; the names are
    /// such as `model.encoder.linear1.weight`.
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be written.
    ///
    /// # Example
    /// ```
    /// use latentlab::{model::TemporalVae, prelude::*};
    ///
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("factors.safetensors");
    /// let model = TemporalVae::new(FactorVaeConfig { beta: 0.5, ..Default::default() }, 3, Device::Cpu, 1)?;
    /// model.save(&path)?;
    /// assert_eq!(TemporalVae::load(&path, Device::Cpu)?.config().beta, 0.5);
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
        let Some((memory, config)) = choices(&name) else {
            let problem = format!("it is of `{name}`, and a `TemporalVae` is needed");
            return Err(Error::malformed(path, None, problem));
        };
        let mut model = Self::new(config, memory, device, 0)?;
        checkpoint.restore(&name, &mut [("model", &mut model.store)])?;
        Ok(model)
    }
}

/// Memory and configuration from the name that the network has in files.
fn choices(name: &str) -> Option<(i64, FactorVaeConfig)> {
    let (memory, rest) = name.strip_prefix("TemporalVae, memory ")?.split_once(", ")?;
    let config = FactorVaeConfig::from_name(&format!("FactorVae, {rest}"))?;
    memory.parse().ok().filter(|days| *days > 0).map(|days| (days, config))
}

//! Weights in files.

use std::path::Path;

use tch::Device;
use tch::nn::VarStore;

use super::temporal::TemporalVae;
use crate::Result;
use crate::model::FactorVaeConfig;
use crate::model::network::Network;
use crate::train::Model;

impl TemporalVae {
    /// Writes the weights as a safetensors file, aside first. Python reads it by `safetensors.torch.load_file`; the names are
    /// such as `model.encoder.linear1.weight`.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) where the file cannot be written.
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
}

impl Network for TemporalVae {
    const KIND: &'static str = "a `TemporalVae`";

    fn title(&self) -> String {
        self.name()
    }

    fn parts(&self) -> Vec<(&'static str, &VarStore)> {
        vec![("model", &self.store)]
    }

    fn parts_mut(&mut self) -> Vec<(&'static str, &mut VarStore)> {
        vec![("model", &mut self.store)]
    }

    fn titled(title: &str, device: Device) -> Option<Result<Self>> {
        let (memory, config) = choices(title)?;
        Some(Self::new(config, memory, device, 0))
    }
}

/// Memory and configuration from the name that the network has in files.
fn choices(name: &str) -> Option<(i64, FactorVaeConfig)> {
    let (memory, rest) = name.strip_prefix("TemporalVae, memory ")?.split_once(", ")?;
    let config = FactorVaeConfig::from_name(&format!("FactorVae, {rest}"))?;
    memory.parse().ok().filter(|days| *days > 0).map(|days| (days, config))
}

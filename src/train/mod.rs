//! Training: one core for all networks.
//!
//! | | |
//! |---|---|
//! | [`Trainer`], [`Model`], [`Losses`], [`Pass`] | the loop for networks that one loss trains |
//! | [`Epochs`], [`Run`] | the loop below it, for several losses and optimisers |
//! | [`Dataset`], [`Batch`], [`Examples`], [`LastBatch`] | examples that stay on the device, and what is drawn of them |
//! | [`Optimizer`], [`Adam`], [`AdamW`], [`RmsProp`], [`Sgd`] | how weights move |
//! | [`Clip`], [`Schedule`], [`Precision`] | limits on gradients, the learning rate over the epochs, 16 bits on CUDA |
//! | [`History`], [`EpochRecord`], [`Ending`] | what training did |
//! | [`Checkpoint`], [`write_checkpoint`], [`State`] | files from which training resumes |
//! | [`DeviceSelection`] | the device, and why this one |
//!
//! With one seed a run on the CPU repeats bit for bit: each epoch seeds libtorch's generator from the seed and its own
//! number. Other threads must not draw from that generator meanwhile.

mod batch;
mod best;
mod checkpoint;
mod cuda;
mod dataset;
mod device;
mod epochs;
mod generator;
mod heap;
mod history;
mod live;
mod losses;
mod optimizer;
mod run;
mod safetensors;
mod schedule;
mod snapshot;
mod tally;
pub(crate) mod team;
mod trainer;
mod training;

pub use batch::Batch;
pub use checkpoint::{Checkpoint, State, write_checkpoint};
pub use dataset::{Dataset, Examples};
pub use device::{DeviceRequest, DeviceSelection};
pub use epochs::{Epochs, LastBatch};
pub use history::{Ending, EpochRecord, History};
pub use losses::{Losses, Model, Pass};
pub use optimizer::{Adam, AdamW, Clip, Optimizer, RmsProp, Rule, Sgd};
pub(crate) use optimizer::{Below, Cut};
pub use run::Run;
pub use schedule::Schedule;
pub use trainer::{Precision, Trainer};

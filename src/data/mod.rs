//! Where data come from, and how they reach a notebook.

mod alignment;
mod archive;
mod cell;
mod constituents;
mod digits;
pub mod faces;
mod frame;
mod location;
mod nasdaq;
mod panel;
mod report;
mod sectors;
mod series;
mod sheet;
mod source;
mod synthetic;
mod ticker;
mod wide;
mod window;
mod yahoo;

pub use digits::Digits;
pub(crate) use frame::dated_frame;
pub use location::{data_folder, embedded_folder};
pub use nasdaq::read_nasdaq;
pub use panel::PricePanel;
pub use report::{Absence, AlignmentReport};
pub use sectors::Sectors;
pub use series::PriceSeries;
pub use source::PriceSource;
pub use synthetic::{FactorModel, FactorSample};
pub use ticker::{MissingCells, TickerReport};
pub use wide::read_wide;
pub(crate) use window::columns_of;
pub use yahoo::read_yahoo;

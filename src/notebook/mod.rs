//! How a value reaches the page, and what a page can do while a cell runs.
//!
//! | | |
//! |---|---|
//! | [`Show`], [`Rich`] | a value in the forms that front ends can show |
//! | [`display()`], [`DisplayHandle`], [`clear_output`] | outputs in the middle of a cell, replaced and removed |
//! | [`markdown`], [`latex`], [`html`] | marked-up text |
//! | [`progress()`], [`Progress`] | how far a long loop has come |
//! | [`interrupt`] | whether the reader wants the cell to stop |
//! | [`variables`], [`VariableTable`] | what the notebook's variables hold |
//!
//! Kernels of this project take outputs that change while a cell runs. Under any other evcxr kernel everything here
//! still works: outputs are shown once, and progress comes as plain lines.

mod channel;
mod display;
pub mod interrupt;
mod markup;
mod plain;
mod progress;
mod rich;
mod show;
mod table;
pub mod variables;

pub use display::{DisplayHandle, clear_output, display, display_with_id};
pub use markup::{html, latex, markdown};
pub use progress::{Progress, ProgressIterator, progress};
pub use rich::Rich;
pub use show::Show;
pub use table::frame_html;
pub(crate) use table::{escape, titled_frame};
pub use variables::VariableTable;

/// Whether outputs on the page can change while a cell runs.
pub(crate) fn is_live() -> bool {
    channel::Channel::current().is_live()
}

//! How a value reaches the page.

mod rich;
mod show;
mod table;

pub use rich::Rich;
pub use show::Show;
pub use table::frame_html;
pub(crate) use table::{escape, titled_frame};

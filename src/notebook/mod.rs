//! How a value reaches the page.

mod rich;
mod show;
mod table;

pub use rich::Rich;
pub use show::Show;
pub(crate) use table::escape;
pub use table::frame_html;

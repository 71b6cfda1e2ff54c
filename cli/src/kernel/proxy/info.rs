//! How the kernel describes itself.

use serde_json::{Value, json};

use super::wire::PROTOCOL;

/// The content of a kernel_info_reply.
pub fn content(rust_version: &str) -> Value {
    let version = env!("CARGO_PKG_VERSION");
    json!({
        "status": "ok",
        "protocol_version": PROTOCOL,
        "implementation": "latentlab",
        "implementation_version": version,
        "language_info": {
            "name": "rust",
            "version": rust_version,
            "mimetype": "text/x-rustsrc",
            "file_extension": ".rs",
            "pygments_lexer": "rust",
            "codemirror_mode": "rust",
            "nbconvert_exporter": "script",
        },
        "banner": format!(
            "latentlab {version}: Rust {rust_version} for generative models and Gaussian graphical models"
        ),
        "debugger": false,
        "help_links": [
            { "text": "Rust standard library", "url": "https://doc.rust-lang.org/stable/std/" },
            { "text": "tch (libtorch)", "url": "https://docs.rs/tch/0.24.0/tch/" },
            { "text": "polars", "url": "https://docs.rs/polars/latest/polars/" },
        ],
    })
}

//! A library that makes cells say what they have printed without a newline.
//!
//! Cells share the standard library of Rust, and the process that loads them has another one: when a cell
//! ends, nobody who could asks its standard output for the half-printed line it holds. This library is linked
//! like a cell, so its standard output is the cells'.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::failure::{Failure, Result};
use crate::files;
use crate::kernel::relay::FLUSH_FUNCTION;
use crate::process;
use crate::workspace::Workspace;

use super::libtorch::library_name;
use super::toolchain::Toolchain;
use super::warm;

const LIMIT: Duration = Duration::from_secs(120);

/// Where the library is, for the kernels of a checkout.
pub fn library(workspace: &Workspace) -> PathBuf {
    warm::folder(workspace).join(library_name("flush"))
}

/// A function like a cell's. What C and C++ print, libtorch included, is held by the C library.
fn source() -> String {
    format!(
        "unsafe extern \"C\" {{ fn fflush(stream: *mut u8) -> i32; }}\n\
         #[unsafe(no_mangle)]\n\
         pub extern \"C\" fn {FLUSH_FUNCTION}(store: *mut u8) -> *mut u8 {{\n\
         let _closed = std::io::Write::flush(&mut std::io::stdout());\n\
         // SAFETY: a null stream means every stream that is open for output.\n\
         unsafe {{ fflush(std::ptr::null_mut()) }};\n\
         store\n}}\n"
    )
}

/// Compiles the library.
pub fn build(workspace: &Workspace, toolchain: &Toolchain) -> Result<()> {
    let library = library(workspace);
    let path = library.with_extension("rs");
    files::write_whole(&path, source().as_bytes())?;
    let mut rustc = Command::new(&toolchain.rustc);
    rustc
        .args(["--edition=2024", "--crate-type=cdylib", "-Cprefer-dynamic", "-Copt-level=2"])
        .arg(&path)
        .arg("-o")
        .arg(&library);
    match process::run(&mut rustc, LIMIT) {
        Ok(finished) if finished.status.success() => Ok(()),
        Ok(finished) => Err(Failure::setup(format!(
            "a small library for the cells does not compile: {}",
            finished.last_words()
        ))
        .fix("run `cargo lab doctor`")),
        Err(trouble) => Err(Failure::setup(format!("{}: {trouble}", toolchain.rustc.display()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_function_has_the_name_that_the_relay_calls() -> syn::Result<()> {
        let file = syn::parse_file(&source())?;
        let named = file.items.iter().any(
            |item| matches!(item, syn::Item::Fn(function) if function.sig.ident == FLUSH_FUNCTION),
        );
        assert!(named);
        Ok(())
    }
}

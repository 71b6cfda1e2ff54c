//! `lab fetch` without a name: what there is to fetch, from where, how large, on which terms, and where it goes.

use std::path::Path;

use clap::ValueEnum;
use console::style;

use crate::failure::Result;
use crate::workspace::Workspace;

use super::catalogue::{DataSet, Item, Name};
use super::folder;

pub fn print(workspace: &Workspace) -> Result<()> {
    let data = folder::data(workspace)?;
    for name in Name::value_variants() {
        print_set(workspace, name.data_set(), &data.join(name.word()));
    }
    println!(
        "`cargo lab fetch NAME` tries the addresses in this order and goes on where an earlier call ended;"
    );
    println!(
        "--from names a file, a folder or another address. {} moves the folder.",
        folder::DATA_VARIABLE
    );
    Ok(())
}

fn print_set(workspace: &Workspace, set: &DataSet, folder: &Path) {
    println!("{}  {}; {}", style(set.name).bold(), set.title, set.terms);
    println!("  goes to {}", workspace.display(folder));
    for item in set.items {
        let state = match existing(item, folder) {
            Some(path) => format!("there: {}", workspace.display(&path)),
            None => "not there yet".into(),
        };
        println!("  {}, {}, {} ({state})", item.what, item.target, item.size);
        for address in item.addresses {
            let sum = address.sum.map_or(String::new(), |sum| format!(" ({} known)", sum.name()));
            let note = if address.note.is_empty() { "" } else { ": " };
            println!("    {}{sum}{note}{}", address.url, address.note);
        }
    }
    println!();
}

/// An item under any name under which the library finds it.
pub fn existing(item: &Item, folder: &Path) -> Option<std::path::PathBuf> {
    let names = std::iter::once(&item.target).chain(item.also);
    names.map(|name| folder.join(name)).find(|path| path.exists())
}

/// The data sets of which everything is in a folder.
pub fn complete(data: &Path) -> Vec<&'static str> {
    let names = Name::value_variants().iter();
    let whole = names.filter(|name| {
        let folder = data.join(name.word());
        name.data_set().items.iter().all(|item| existing(item, &folder).is_some())
    });
    whole.map(|name| name.word()).collect()
}

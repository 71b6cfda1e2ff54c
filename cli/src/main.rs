//! The `lab` command: sets up what is missing, then runs, opens, tests and checks notebooks.

mod arguments;
mod bench;
mod clean;
mod doctor;
mod export;
mod failure;
mod fetch;
mod files;
mod kernel;
mod open;
mod process;
mod report;
mod run;
mod setup;
mod test;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, BenchCommand, Command, KernelCommand};
use failure::Result;
use workspace::Workspace;

fn main() -> ExitCode {
    // evcxr starts this very binary as its runtime and as its compiler wrapper; such a process must
    // become that before anything looks at the arguments.
    if let Some(code) = kernel::engine::take_over() {
        return code;
    }
    match dispatch(Arguments::parse()) {
        Ok(code) => code,
        Err(failure) => {
            failure.print();
            failure.exit_code()
        }
    }
}

fn dispatch(arguments: Arguments) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    match arguments.command {
        Command::Run(options) => run::command(&workspace, &options),
        Command::Test(options) => test::command(&workspace, &options),
        Command::Open(options) => open::command(&workspace, &options),
        Command::Export(options) => export::command(&workspace, &options),
        Command::Fetch(options) => fetch::command(&workspace, &options),
        Command::Setup => setup::command(&workspace),
        Command::Doctor(options) => doctor::command(&workspace, &options),
        Command::Clean(options) => clean::command(&workspace, &options),
        Command::Bench(BenchCommand::Cells(options)) => bench::command(&workspace, &options),
        Command::Bench(BenchCommand::Glasso(options)) => {
            bench::glasso::command(&workspace, &options)
        }
        Command::Bench(BenchCommand::Train(options)) => bench::train::command(&workspace, &options),
        Command::Kernel(KernelCommand::Install(options)) => {
            kernel::spec::command(&workspace, &options)
        }
        Command::Kernel(KernelCommand::Start(options)) => {
            kernel::start::command(&workspace, &options)
        }
    }
}

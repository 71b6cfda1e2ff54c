//! What can be typed after `lab`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Rust notebooks for generative models and Gaussian graphical models.
#[derive(Debug, Parser)]
#[command(name = "lab", version, about, disable_help_subcommand = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Execute notebooks and save the executed copies.
    Run(RunOptions),
    /// Run every test of the project.
    Test(TestOptions),
    /// Open the notebooks in JupyterLab.
    Open(OpenOptions),
    /// Set up whatever is missing: Python environment, libtorch, data, kernel, notebook build.
    Setup,
    /// Check everything the notebooks need, and say what to do about what is wrong.
    Doctor(DoctorOptions),
    /// Remove what the set-up and the kernels have stored.
    Clean(CleanOptions),
    /// Install or start the Jupyter kernel.
    #[command(subcommand)]
    Kernel(KernelCommand),
}

#[derive(Debug, Args)]
pub struct RunOptions {
    /// Notebooks to run; all of notebooks/ when none is named.
    pub notebooks: Vec<PathBuf>,
    /// Folder for the executed copies.
    #[arg(long, value_name = "DIR", default_value = "out")]
    pub out: PathBuf,
    /// Set a variable of the cell tagged `parameters`; may be repeated.
    #[arg(long = "param", value_name = "NAME=VALUE")]
    pub parameters: Vec<String>,
    /// Seconds a single cell may take; 0 means no limit.
    #[arg(long, value_name = "SECONDS", default_value_t = 1800)]
    pub timeout: u64,
    /// Print one JSON object at the end instead of the summary.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct TestOptions {
    /// Arguments for `cargo test`, such as a name to filter by.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub arguments: Vec<String>,
}

#[derive(Debug, Args)]
pub struct OpenOptions {
    /// Notebook or folder to open; notebooks/ when none is named.
    pub path: Option<PathBuf>,
    /// Port for JupyterLab; the next free one is taken when it is in use.
    #[arg(long, default_value_t = 8888)]
    pub port: u16,
    /// Do not start a browser, only print the address.
    #[arg(long)]
    pub no_browser: bool,
}

#[derive(Debug, Args)]
pub struct DoctorOptions {
    /// Print the findings as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct CleanOptions {
    /// Also remove the Python environment and the embedded data.
    #[arg(long)]
    pub all: bool,
}

#[derive(Debug, Subcommand)]
pub enum KernelCommand {
    /// Write the kernelspec, so that Jupyter lists the kernel as "Rust".
    Install(InstallOptions),
    /// Start the kernel on a Jupyter connection file.
    Start(StartOptions),
}

#[derive(Debug, Args)]
pub struct InstallOptions {
    /// Install for the current user instead of into the project's Python environment.
    #[arg(long)]
    pub user: bool,
}

#[derive(Debug, Args)]
pub struct StartOptions {
    /// The connection file Jupyter wrote.
    #[arg(short = 'f', long = "file", value_name = "CONNECTION")]
    pub connection: PathBuf,
}

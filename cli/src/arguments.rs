//! What can be typed after `lab`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::{bench, export, fetch};

/// Rust notebooks for generative models and Gaussian graphical models.
#[derive(Debug, Parser)]
#[command(name = "lab", version, about, disable_help_subcommand = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Execute notebooks and save the executed copies, each also as PDF.
    Run(RunOptions),
    /// Write notebooks as PDF or HTML.
    Export(ExportOptions),
    /// Run every test of the project.
    Test(TestOptions),
    /// Open the notebooks in JupyterLab.
    Open(OpenOptions),
    /// Fetch data sets that may not be handed on with the project; lists them when none is named.
    Fetch(FetchOptions),
    /// Set up whatever is missing: Python environment, libtorch, data, kernel, notebook build.
    Setup,
    /// Check everything the notebooks need, and say what to do about what is wrong.
    Doctor(DoctorOptions),
    /// Remove what the set-up and the kernels have stored.
    Clean(CleanOptions),
    /// Measure the project.
    #[command(subcommand)]
    Bench(BenchCommand),
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
    /// Do not write the PDF of each executed notebook.
    #[arg(long)]
    pub no_pdf: bool,
    /// Print one JSON object at the end instead of the summary.
    #[arg(long)]
    pub json: bool,
}

#[derive(Clone, Debug, Args)]
pub struct ExportOptions {
    /// Executed notebooks.
    #[arg(required = true)]
    pub notebooks: Vec<PathBuf>,
    /// What they become.
    #[arg(long, value_enum, default_value_t)]
    pub to: export::Format,
    /// File, or folder for several; beside each notebook when not given.
    #[arg(long, value_name = "PATH")]
    pub out: Option<PathBuf>,
    /// Treat every warning as an error.
    #[arg(long)]
    pub strict: bool,
    /// Begin a new page at each heading such as "Problem 1".
    #[arg(long)]
    pub problems_on_new_pages: bool,
    /// Leave out the code.
    #[arg(long)]
    pub hide_code: bool,
    /// Size of the pages.
    #[arg(long, value_enum, default_value_t)]
    pub paper: export::Paper,
    /// Title, instead of the one in the notebook's metadata or its first heading.
    #[arg(long)]
    pub title: Option<String>,
    /// Author, instead of those in the notebook's metadata; may be repeated.
    #[arg(long)]
    pub author: Vec<String>,
    /// Date as it shall be printed, instead of the one in the notebook's metadata.
    #[arg(long)]
    pub date: Option<String>,
    /// Fetch pictures that lie on servers.
    #[arg(long)]
    pub fetch_images: bool,
    /// Warn of files larger than this many megabytes.
    #[arg(long, value_name = "MB", default_value_t = export::LARGEST)]
    pub max_size: f64,
    /// Print one JSON object at the end instead of the summary.
    #[arg(long)]
    pub json: bool,
}

impl Default for ExportOptions {
    fn default() -> Self {
        Self {
            notebooks: Vec::new(),
            to: export::Format::default(),
            out: None,
            strict: false,
            problems_on_new_pages: false,
            hide_code: false,
            paper: export::Paper::default(),
            title: None,
            author: Vec::new(),
            date: None,
            fetch_images: false,
            max_size: export::LARGEST,
            json: false,
        }
    }
}

#[derive(Debug, Args)]
pub struct FetchOptions {
    /// Data sets to fetch; without one, a list of them.
    #[arg(value_enum)]
    pub names: Vec<fetch::Name>,
    /// A file, a folder or an address to get the files from instead of the known addresses; may be repeated, and is
    /// tried in the order given. An address that ends in `/` is one below which the files lie under their usual names.
    #[arg(long, value_name = "PATH|URL", requires = "names")]
    pub from: Vec<String>,
    /// The SHA-256 that the file named with --from must have.
    #[arg(long, value_name = "HEX", requires = "from")]
    pub sha256: Option<String>,
    /// Fetch again what is there already, and replace it.
    #[arg(long)]
    pub force: bool,
    /// Seconds without a single byte after which a connection is given up.
    #[arg(long, value_name = "SECONDS", default_value_t = 30.0, value_parser = seconds)]
    pub timeout: f64,
    /// How often an address is tried again that brought nothing.
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub retries: u32,
    /// Seconds before the first of these, doubled each time.
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0, value_parser = seconds, hide = true)]
    pub pause: f64,
}

/// A time that can be waited for.
fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(count) if (0.001..=86_400.0).contains(&count) => Ok(count),
        _ => Err("expected a number of seconds from 0.001 to 86400".into()),
    }
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
pub enum BenchCommand {
    /// How long cells take, here and in evcxr_jupyter as it comes, side by side.
    Cells(CellsOptions),
    /// How long the graphical lasso takes, here and in other libraries, to the same duality gap.
    Glasso(GlassoOptions),
    /// How fast networks are trained, here and in PyTorch: eager, `channels_last` and `torch.compile`.
    Train(TrainOptions),
}

#[derive(Debug, Args)]
pub struct CellsOptions {
    /// The notebook whose cells are timed; notebooks/03_portfolio_glasso.ipynb when none is named.
    #[arg(long)]
    pub notebook: Option<PathBuf>,
    /// A text of cells that both kernels run, each below a line `// %% TITLE`, instead of the built-in one.
    #[arg(long)]
    pub script: Option<PathBuf>,
    /// How often everything is measured.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    pub repeat: u32,
    /// Seconds a kernel is left alone before its first cell, where that is measured.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub idle: u64,
    /// Also measure evcxr_jupyter with the library loaded, which it compiles first: minutes and gigabytes.
    #[arg(long)]
    pub same_dependencies: bool,
    /// Print one JSON object with every single time instead of the table.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct GlassoOptions {
    /// Kinds of problems: correlations of returns, of sparse networks, a path with cross-validation.
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        value_name = "KIND",
        default_value = "returns,network,path"
    )]
    pub only: Vec<bench::glasso::Kind>,
    /// The largest number of variables.
    #[arg(long, value_name = "P", default_value_t = 5000, value_parser = clap::value_parser!(u32).range(20..))]
    pub largest: u32,
    /// Seconds that another library may take for one problem and tolerance.
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    /// Print one JSON object at the end instead of the table.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct TrainOptions {
    /// Images a step of the face autoencoder.
    #[arg(long, value_delimiter = ',', value_name = "IMAGES", default_value = "64,256", value_parser = clap::value_parser!(u32).range(1..))]
    pub batches: Vec<u32>,
    /// How often everything is measured; the best of each counts.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    pub rounds: u32,
    /// Steps of 64 images a measurement.
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..))]
    pub steps: u32,
    /// Threads for the faces; all cores unless given. Small networks have one.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub threads: Option<u32>,
    /// Print one JSON object at the end instead of the table.
    #[arg(long)]
    pub json: bool,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(arguments: &[&str]) -> Result<CellsOptions, clap::Error> {
        let all = ["lab", "bench", "cells"].iter().chain(arguments);
        match Arguments::try_parse_from(all)?.command {
            Command::Bench(BenchCommand::Cells(options)) => Ok(options),
            other => panic!("read as {other:?}"),
        }
    }

    #[test]
    fn benchmarks_of_cells_have_defaults() -> Result<(), clap::Error> {
        let options = cells(&[])?;
        assert_eq!((options.repeat, options.idle), (3, 10));
        assert!(options.notebook.is_none() && options.script.is_none());
        assert!(!options.same_dependencies && !options.json);
        let options = cells(&["--repeat", "5", "--same-dependencies", "--notebook", "a.ipynb"])?;
        assert_eq!((options.repeat, options.same_dependencies), (5, true));
        assert_eq!(options.notebook, Some(PathBuf::from("a.ipynb")));
        Ok(())
    }

    #[test]
    fn benchmarks_of_training_take_several_batches() -> Result<(), clap::Error> {
        let train = |arguments: &[&str]| -> Result<TrainOptions, clap::Error> {
            let all = ["lab", "bench", "train"].iter().chain(arguments);
            match Arguments::try_parse_from(all)?.command {
                Command::Bench(BenchCommand::Train(options)) => Ok(options),
                other => panic!("read as {other:?}"),
            }
        };
        let options = train(&[])?;
        assert_eq!((options.batches, options.rounds, options.threads), (vec![64, 256], 3, None));
        assert_eq!(train(&["--batches", "8,16,32"])?.batches, [8, 16, 32]);
        assert!(train(&["--rounds", "0"]).is_err());
        Ok(())
    }

    #[test]
    fn benchmarks_of_the_graphical_lasso_can_be_smaller() -> Result<(), clap::Error> {
        let glasso = |arguments: &[&str]| -> Result<GlassoOptions, clap::Error> {
            let all = ["lab", "bench", "glasso"].iter().chain(arguments);
            match Arguments::try_parse_from(all)?.command {
                Command::Bench(BenchCommand::Glasso(options)) => Ok(options),
                other => panic!("read as {other:?}"),
            }
        };
        let all = glasso(&[])?;
        assert_eq!((all.only.len(), all.largest, all.limit), (3, 5000, 120));
        assert_eq!(glasso(&["--only", "returns,path", "--largest", "300"])?.only.len(), 2);
        assert!(glasso(&["--only", "returnz"]).is_err() && glasso(&["--limit", "0"]).is_err());
        Ok(())
    }

    #[test]
    fn measuring_not_even_once_is_refused() {
        assert!(cells(&["--repeat", "0"]).is_err());
        assert!(cells(&["--repeat", "often"]).is_err());
    }
}

//! Where a market comes from.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::bars::{Bars, read_bars};
use super::benchmark::Benchmark;
use super::wide::read_wide_market;
use super::{MarketModel, MarketPanel};
use crate::data::data_folder;
use crate::data::location::{DATA_VARIABLE, fetched_folder};
use crate::data::source::price_files;
use crate::notebook::Progress;
use crate::parallel::Workers;
use crate::{Error, Result};

/// Where a market comes from.
///
/// A file of one ticker is what nasdaq.com or Yahoo Finance exports: `Date`, `Open`, `High`, `Low`, `Close` (or `Close/Last`),
/// `Volume`, and, where there are, `VWAP` and `Adj Close`; plain or gzip; the ticker is the file's name. A wide table has one row for
/// each ticker and the columns `ticker`, `open_YYYYMMDD`, `close_…`, `high_…`, `low_…`, `volume_…`, where there are `vwap_…`, and static
/// columns under any other name. A benchmark has the columns of a ticker's file.
///
/// # Example
/// ```no_run
/// use latentlab::prelude::*;
///
/// let source = MarketSource::Files { folder: "downloads/prices".into(), benchmark: None };
/// let panel = MarketPanel::from_source(&source)?;
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub enum MarketSource {
    /// In the folder `market/` where `LATENTLAB_DATA` points, else in that of the library's data: the table `panel.csv`, else the files in
    /// `prices/`, else those in `market/` itself, each with `benchmark.csv` where it is there; else a drawn market.
    #[default]
    Auto,
    /// A folder of files, one for each ticker.
    Files {
        /// The folder.
        folder: PathBuf,
        /// An index.
        benchmark: Option<PathBuf>,
    },
    /// One table with a row for each ticker.
    Wide {
        /// The table.
        table: PathBuf,
        /// An index.
        benchmark: Option<PathBuf>,
    },
    /// A market that is drawn.
    Drawn(MarketModel),
}

impl MarketSource {
    /// Reads or draws the market.
    pub(super) fn read(&self) -> Result<MarketPanel> {
        match self {
            Self::Auto => {
                let (source, why) = find_auto(data_folder()?, fetched_folder().ok());
                let mut panel = source.read()?;
                panel.source.push_str(&why);
                Ok(panel)
            }
            Self::Files { folder, benchmark } => {
                let bars = read_all(folder, benchmark.as_deref())?;
                let words = format!("files of tickers in {}", folder.display());
                MarketPanel::assembled(bars, words, None, |dates| read_benchmark(benchmark, dates))
            }
            Self::Wide { table, benchmark } => {
                let wide = read_wide_market(table)?;
                let words = format!("table {}", table.display());
                let read = |dates: &[_]| read_benchmark(benchmark, dates);
                let mut panel = MarketPanel::assembled(wide.bars, words, wide.statics, read)?;
                panel.report.statics_left_out = wide.left_out;
                Ok(panel)
            }
            Self::Drawn(model) => model.sample(),
        }
    }
}

fn read_benchmark(
    path: &Option<PathBuf>,
    dates: &[chrono::NaiveDate],
) -> Result<Option<Benchmark>> {
    path.as_deref().map(|path| Benchmark::read(path, dates)).transpose()
}

/// The market of one of two data folders, or a drawn one; and why.
fn find_auto(data: Option<PathBuf>, fetched: Option<PathBuf>) -> (MarketSource, String) {
    let lacking = match data {
        Some(data) => {
            if let Some(source) = in_folder(&data.join("market")) {
                return (source, format!("; {DATA_VARIABLE} points to it"));
            }
            format!("; {DATA_VARIABLE} is {}, which holds no market/", data.display())
        }
        None => format!("; {DATA_VARIABLE} is not set"),
    };
    match fetched.and_then(|folder| in_folder(&folder.join("market"))) {
        Some(source) => (source, "; it lies with the library's data".into()),
        None => (MarketSource::Drawn(MarketModel::default()), lacking),
    }
}

fn in_folder(folder: &Path) -> Option<MarketSource> {
    let file = |name: &str| {
        [name.to_owned(), format!("{name}.gz")]
            .map(|name| folder.join(name))
            .into_iter()
            .find(|path| path.is_file())
    };
    let benchmark = file("benchmark.csv");
    if let Some(table) = file("panel.csv") {
        return Some(MarketSource::Wide { table, benchmark });
    }
    let prices = folder.join("prices");
    let folder = if prices.is_dir() { prices } else { folder.to_owned() };
    folder.is_dir().then_some(MarketSource::Files { folder, benchmark })
}

/// Reads every ticker of a folder on all cores; a benchmark that lies among them is none of them.
fn read_all(folder: &Path, benchmark: Option<&Path>) -> Result<Vec<Bars>> {
    let mut files = price_files(folder)?;
    files.retain(|(_, path)| Some(path.as_path()) != benchmark);
    let mut progress = Progress::new("Reading the market", files.len() as u64)
        .unit("files")
        .delay(Duration::from_secs(1));
    let read = Workers::default().run(files.len(), &mut progress, |file| read_bars(&files[file].1));
    // A market without some of its tickers is another market, so an interrupt leaves none.
    read.into_iter().map(|bars| bars.unwrap_or(Err(Error::Interrupted))).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_table_comes_before_files_before_a_drawn_market() {
        let root = tempfile::tempdir().unwrap();
        let market = root.path().join("market");
        let find = |data: bool| find_auto(data.then(|| root.path().to_owned()), None);
        assert!(matches!(find(true).0, MarketSource::Drawn(_)));
        assert!(find(true).1.contains("holds no market/") && find(false).1.contains("is not set"));
        std::fs::create_dir_all(&market).unwrap();
        assert!(matches!(find(true).0, MarketSource::Files { folder, .. } if folder == market));
        std::fs::create_dir(market.join("prices")).unwrap();
        assert!(
            matches!(find(true).0, MarketSource::Files { folder, .. } if folder.ends_with("prices"))
        );
        for name in ["panel.csv", "benchmark.csv"] {
            std::fs::write(market.join(name), "").unwrap();
        }
        let (source, why) = find(true);
        assert!(
            matches!(source, MarketSource::Wide { benchmark: Some(_), .. })
                && why.contains("points to it")
        );
        let (source, why) = find_auto(None, Some(root.path().to_owned()));
        assert!(matches!(source, MarketSource::Wide { .. }) && why.contains("library's data"));
    }
}

//! Where prices come from.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::alignment::first_few;
use super::constituents;
use super::location::{CACHE_VARIABLE, DATA_VARIABLE};
use super::series::ticker_of;
use super::{PriceSeries, data_folder, embedded_folder, read_nasdaq, read_wide, read_yahoo};
use crate::notebook::{Progress, interrupt};
use crate::{Error, Result};

/// Where prices come from.
///
/// # Example
/// ```no_run
/// use latentlab::data::{PricePanel, PriceSource};
///
/// let prices = PricePanel::from_source(&PriceSource::Nasdaq("downloads/nasdaq".into()))?;
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PriceSource {
    /// The folder `nasdaq/`, else `yahoo/`, where `LATENTLAB_DATA` points; else the embedded set.
    #[default]
    Auto,
    /// A folder of files that [`read_nasdaq`] reads, one for each ticker.
    Nasdaq(PathBuf),
    /// A folder of files that [`read_yahoo`] reads, one for each ticker.
    Yahoo(PathBuf),
    /// Twenty stocks of the S&P 500, daily from 1990 to 2022, which `cargo lab run` fetches.
    Embedded,
    /// The 452 stocks that were in the S&P 500 from 2003 to 2007, daily, with [`Sectors`](super::Sectors), which
    /// `cargo lab run` fetches. The prices are not adjusted for splits of shares:
    /// [`without_jumps`](super::PricePanel::without_jumps) leaves out the stocks that had one. Those that failed
    /// or left the index in these years are not among them, so that the set is kinder than the market was.
    EmbeddedSectors,
    /// A file that [`read_wide`] reads, one column for each ticker.
    Wide(PathBuf),
}

/// Where prices were found, and how to say so.
#[derive(Debug)]
pub(super) struct Found {
    place: Place,
    pub(super) words: String,
}

#[derive(Debug)]
enum Place {
    Folder { folder: PathBuf, read: fn(&Path) -> Result<PriceSeries> },
    Table(PathBuf),
    Constituents(PathBuf),
}

impl PriceSource {
    /// Decides where the prices lie.
    pub(super) fn find(&self) -> Result<Found> {
        match self {
            Self::Auto => find_auto(data_folder()?, embedded_folder),
            Self::Nasdaq(folder) => nasdaq(folder.clone(), ""),
            Self::Yahoo(folder) => yahoo(folder.clone(), ""),
            Self::Embedded => embedded(&embedded_folder()?, ""),
            Self::EmbeddedSectors => {
                let path = constituents::find(&embedded_folder()?)?;
                let words = format!("embedded S&P 500 stocks with sectors, {}", constituents::FILE);
                Ok(Found { place: Place::Constituents(path), words })
            }
            Self::Wide(path) => {
                let words = format!("table {}", path.display());
                Ok(Found { place: Place::Table(path.clone()), words })
            }
        }
    }
}

fn find_auto(data: Option<PathBuf>, cache: impl FnOnce() -> Result<PathBuf>) -> Result<Found> {
    let Some(data) = data else {
        return embedded(&cache()?, &format!("; {DATA_VARIABLE} is not set"));
    };
    let named = format!("; {DATA_VARIABLE} points to it");
    if data.join("nasdaq").is_dir() {
        return nasdaq(data.join("nasdaq"), &named);
    }
    if data.join("yahoo").is_dir() {
        return yahoo(data.join("yahoo"), &named);
    }
    let lacking =
        format!("; {DATA_VARIABLE} is {}, which holds neither nasdaq/ nor yahoo/", data.display());
    embedded(&cache()?, &lacking)
}

fn nasdaq(folder: PathBuf, why: &str) -> Result<Found> {
    let words = format!("nasdaq.com files in {}{why}", folder.display());
    Ok(Found { place: Place::Folder { folder, read: |path| read_nasdaq(path) }, words })
}

fn yahoo(folder: PathBuf, why: &str) -> Result<Found> {
    let words = format!("Yahoo Finance files in {}{why}", folder.display());
    Ok(Found { place: Place::Folder { folder, read: |path| read_yahoo(path) }, words })
}

fn embedded(cache: &Path, why: &str) -> Result<Found> {
    let names = ["sp500_dataset.csv.gz", "sp500_dataset.csv"];
    let candidates = names.map(|name| cache.join(name));
    match candidates.iter().find(|path| path.is_file()) {
        Some(path) => Ok(Found {
            // The name only: the folder says more about the machine than about the data.
            words: format!(
                "embedded S&P 500 stocks, {}{why}",
                path.file_name().unwrap_or_default().display()
            ),
            place: Place::Table(path.clone()),
        }),
        None => Err(Error::Missing {
            what: "the embedded S&P 500 prices".into(),
            looked_in: candidates.iter().map(|path| path.display().to_string()).collect(),
            fix: format!(
                "run `cargo lab run` once, or point {DATA_VARIABLE} to prices of your own or \
                 {CACHE_VARIABLE} to another cache{why}"
            ),
        }),
    }
}

impl Found {
    /// Reads every ticker, or only some, in the order given.
    pub(super) fn read(&self, only: Option<&[&str]>) -> Result<Vec<PriceSeries>> {
        match &self.place {
            Place::Folder { folder, read } => {
                let files = price_files(folder)?;
                let files = chosen(files, |(ticker, _)| ticker.as_str(), only, &self.words)?;
                read_all(&files, *read)
            }
            Place::Table(path) => chosen(read_wide(path)?, PriceSeries::ticker, only, &self.words),
            Place::Constituents(path) => {
                let all = constituents::read_constituents(path)?;
                chosen(all, PriceSeries::ticker, only, &self.words)
            }
        }
    }
}

/// Reads one file after the other.
fn read_all(
    files: &[(String, PathBuf)],
    read: fn(&Path) -> Result<PriceSeries>,
) -> Result<Vec<PriceSeries>> {
    let mut progress = Progress::new("Reading prices", files.len() as u64)
        .unit("files")
        .delay(Duration::from_secs(1));
    let mut series = Vec::with_capacity(files.len());
    for (ticker, path) in files {
        // A portfolio without some of its tickers is another portfolio, so an interrupt leaves none.
        interrupt::check()?;
        series.push(read(path)?);
        progress.note(ticker).advance(1);
    }
    Ok(series)
}

/// The price files of a folder with their tickers, in alphabetical order.
pub(super) fn price_files(folder: &Path) -> Result<Vec<(String, PathBuf)>> {
    let missing = |what: &str, fix: &str| Error::Missing {
        what: what.into(),
        looked_in: vec![folder.display().to_string()],
        fix: fix.into(),
    };
    if !folder.exists() {
        return Err(missing("the folder of prices", "correct the path"));
    }
    let refused = |error| Error::io("list", folder, error);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(refused)? {
        let path = entry.map_err(refused)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let table = name.ends_with(".csv") || name.ends_with(".csv.gz");
        if table && !name.starts_with('.') && path.is_file() {
            files.push((ticker_of(&path)?, path));
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(missing(
            "price files (*.csv or *.csv.gz)",
            "put one file for each ticker there",
        ));
    }
    Ok(files)
}

/// The items of the tickers asked for, in the order asked; all where none is named.
fn chosen<T>(
    mut items: Vec<T>,
    ticker: impl Fn(&T) -> &str,
    only: Option<&[&str]>,
    source: &str,
) -> Result<Vec<T>> {
    let Some(only) = only else {
        return Ok(items);
    };
    let mut picked = Vec::with_capacity(only.len());
    for wanted in only {
        match items.iter().position(|item| ticker(item) == *wanted) {
            Some(place) => picked.push(items.remove(place)),
            None if picked.iter().any(|item| ticker(item) == *wanted) => {
                return Err(Error::invalid(
                    format!("ticker {wanted}"),
                    "named twice; name it once",
                ));
            }
            None => {
                let known: Vec<String> = items.iter().map(|item| ticker(item).to_owned()).collect();
                let problem = format!("not in {source}; there are {}", first_few(&known, 30));
                return Err(Error::invalid(format!("ticker {wanted}"), problem));
            }
        }
    }
    Ok(picked)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn nasdaq_comes_before_yahoo_before_the_embedded_set() {
        let root = tempfile::tempdir().unwrap();
        let cache = root.path().join("cache");
        std::fs::create_dir(&cache).unwrap();
        std::fs::write(cache.join("sp500_dataset.csv"), "Date,A\n1990-01-02,1\n").unwrap();
        let find = |data: Option<PathBuf>| find_auto(data, || Ok(cache.clone())).unwrap().words;
        let data = Some(root.path().to_owned());

        assert!(find(None).contains("embedded S&P 500") && find(None).contains("is not set"));
        assert!(find(data.clone()).contains("neither nasdaq/ nor yahoo/"));
        std::fs::create_dir(root.path().join("yahoo")).unwrap();
        assert!(find(data.clone()).starts_with("Yahoo"));
        std::fs::create_dir(root.path().join("nasdaq")).unwrap();
        assert!(find(data).starts_with("nasdaq.com"));
    }

    #[test]
    fn a_missing_embedded_set_names_both_files_and_the_command() {
        let error = find_auto(None, || Ok("/no/such".into())).unwrap_err().to_string();
        for part in ["/no/such/sp500_dataset.csv.gz", "/no/such/sp500_dataset.csv", "cargo lab run"]
        {
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn an_interrupt_leaves_no_half_read_folder() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("T.csv"), "Date,Close\n2024-03-01,16.98\n").unwrap();
        let found = PriceSource::Yahoo(folder.path().into()).find().unwrap();
        let error = interrupt::with_request(|_| found.read(None)).unwrap_err();
        assert!(matches!(error, Error::Interrupted), "{error}");
        assert_eq!(found.read(None).unwrap().len(), 1);
    }

    #[test]
    fn tickers_come_in_the_order_asked() {
        let pick = |only: &[&str]| chosen(vec!["A", "B", "C"], |item| item, Some(only), "here");
        assert_eq!(pick(&["C", "A"]).unwrap(), ["C", "A"]);
        assert!(pick(&["D"]).unwrap_err().to_string().contains("not in here; there are A, B, C"));
        assert!(pick(&["A", "A"]).unwrap_err().to_string().contains("named twice"));
    }
}

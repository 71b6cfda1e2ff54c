//! Prices from files of every kind and state, to returns and their covariance.

#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;
use latentlab::data::{
    PricePanel, PriceSeries, PriceSource, Sectors, data_folder, embedded_folder, read_nasdaq,
    read_wide, read_yahoo,
};
use latentlab::notebook::Show;
use latentlab::stats::{ClipScale, empirical_covariance};
use latentlab::{Error, Result};
use ndarray::Array2;
use proptest::prelude::*;

/// A file in a folder of its own, both gone at the end of the test.
struct Sample {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn sample(name: &str, bytes: impl AsRef<[u8]>) -> Sample {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    Sample { _folder: folder, path }
}

fn gzip(text: &str) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

fn nasdaq(bytes: impl AsRef<[u8]>) -> Result<PriceSeries> {
    read_nasdaq(&sample("T.csv", bytes).path)
}

fn yahoo(bytes: impl AsRef<[u8]>) -> Result<PriceSeries> {
    read_yahoo(&sample("EZA.csv", bytes).path)
}

/// Asserts a malformed file, its line, and words of the message.
fn assert_malformed<T: std::fmt::Debug>(result: Result<T>, line: Option<u64>, words: &[&str]) {
    let error = result.unwrap_err();
    let text = error.to_string();
    let Error::Malformed { path, line: found, .. } = &error else { panic!("{error:?}") };
    assert_eq!(*found, line, "{text}");
    assert!(text.contains(&path.display().to_string()), "{text}");
    for part in words {
        assert!(text.contains(part), "{part}: {text}");
    }
}

const NASDAQ: &str = "\
Date,Close/Last,Volume,Open,High,Low
03/04/2024,\"$2,700.50\",\"165,233\",$1,$1,$1
03/01/2024,\"$2,688.78\",\"165,233\",$1,$1,$1
02/29/2024,N/A,N/A,$1,$1,$1
02/28/2024,,\"165,233\",$1,$1,$1
02/27/2024,$1999.5,N/A,$1,$1,$1
";

#[test]
fn nasdaq_files_are_read_oldest_first() {
    let series = nasdaq(NASDAQ).unwrap();
    assert_eq!(series.ticker(), "T");
    assert_eq!(series.closes(), [2688.78, 2700.5]);
    assert!(series.dates().is_sorted());
    let report = series.report();
    assert_eq!((report.rows_read, report.rows_dropped(), report.missing_cells()), (5, 3, 3));
    let markers: Vec<&str> = report.missing.iter().map(|cells| cells.marker.as_str()).collect();
    assert_eq!(markers, ["N/A", "empty", "no volume"]);
    assert_eq!(report.price_column, "Close/Last");
}

#[test]
fn other_spellings_of_the_same_file_are_the_same_series() {
    let plain = nasdaq(NASDAQ).unwrap();
    let spellings = [
        ("byte order mark", format!("\u{feff}{NASDAQ}")),
        ("line ends", NASDAQ.replace('\n', "\r\n")),
        ("blank lines", format!("\n{NASDAQ}\n\n  \n\r\n")),
        ("no last line end", NASDAQ.trim_end().to_owned()),
        ("blanks in the header", NASDAQ.replacen(',', ", ", 5)),
    ];
    for (name, text) in spellings {
        assert_eq!(nasdaq(text).unwrap(), plain, "{name}");
    }
    assert_eq!(read_nasdaq(&sample("T.csv.gz", gzip(NASDAQ)).path).unwrap(), plain);
    let renamed = nasdaq(NASDAQ.replace("Close/Last", "Close")).unwrap();
    assert_eq!(renamed.closes(), plain.closes());
}

#[test]
fn yahoo_files_prefer_the_adjusted_close() {
    let text = "Date,Open,High,Low,Close,Adj Close,Volume\n\
                2022-03-22,1,1,1,55.06,54.10,3\n2022-03-23,1,1,1,54.87,null,3\n";
    let series = yahoo(text).unwrap();
    assert_eq!(series.closes(), [54.10]);
    assert_eq!(series.report().missing[0].marker, "null");
    let series = yahoo("Date,Close\n2022-03-22,55.06\n").unwrap();
    assert_eq!(
        (series.closes(), series.report().price_column.as_str()),
        ([55.06].as_slice(), "Close")
    );
}

#[test]
fn days_without_a_trade_are_left_out_and_counted() {
    let text =
        "Date,Close,Volume\n03/01/2024,$3.00,\"1,200\"\n02/29/2024,$2.00,N/A\n02/28/2024,$2.00,\n";
    let series = nasdaq(text).unwrap();
    assert_eq!(series.closes(), [2.0, 3.0]);
    let report = series.report();
    assert_eq!((report.missing[0].marker.as_str(), report.missing[0].count), ("no volume", 1));
    assert_eq!((report.rows_read, report.rows_dropped()), (3, 1));
}

#[test]
fn repeated_rows_count_and_contradictions_are_faults() {
    let series = yahoo("Date,Close\n2022-03-22,5\n2022-03-23,6\n2022-03-22,5.0\n").unwrap();
    assert_eq!((series.closes().len(), series.report().duplicate_dates), (2, 1));
    let twice = yahoo("Date,Close\n2022-03-22,5\n2022-03-23,6\n2022-03-22,5.5\n");
    assert_malformed(twice, Some(4), &["`Close`", "two prices on 2022-03-22, 5 and 5.5"]);
}

#[test]
fn faults_in_the_text_name_line_and_column() {
    let head = "Date,Close\n03/01/2024,$5\n";
    let cases: &[(&str, Option<u64>, &[&str])] = &[
        ("", None, &["the file is empty"]),
        ("\n \n", None, &["the file is empty"]),
        ("Date,Close\n", Some(1), &["the header is the only line"]),
        ("Day,Close\n03/01/2024,5\n", Some(1), &["no column `Date`", "`Day`"]),
        ("Date,Open\n03/01/2024,5\n", Some(1), &["no column `Close/Last` or `Close`", "`Open`"]),
        ("Date,Close,close\n03/01/2024,5,5\n", Some(1), &["two columns are called `Close`"]),
        ("Date;Close\n03/01/2024;5\n", Some(1), &["semicolons", "expected commas"]),
        ("\n          D;\n1;2\n", Some(2), &["semicolons"]),
        ("Date\tClose\n03/01/2024\t5\n", Some(1), &["tabs"]),
        ("Date,Close\n03/01/2024;5\n", Some(2), &["1 cells and the header 2", "semicolons"]),
        ("HEAD2024-03-01,5\n", Some(3), &["`Date`", "`2024-03-01`", "how Yahoo Finance writes"]),
        ("HEAD13/01/2024,5\n", Some(3), &["`Date`", "`13/01/2024`", "no month 13"]),
        ("HEAD02/30/2024,5\n", Some(3), &["month 2 of 2024 has no day 30"]),
        ("HEADtoday,5\n", Some(3), &["`Date`", "`today`", "MM/DD/YYYY"]),
        ("HEAD,5\n", Some(3), &["`Date` is empty"]),
        ("HEAD03/04/2024,five\n", Some(3), &["`Close`", "`five`", "expected a price"]),
        ("HEAD03/04/2024,0\n", Some(3), &["`Close`", "`0`", "positive"]),
        ("HEAD03/04/2024,-5.5\n", Some(3), &["`Close`", "`-5.5`", "positive"]),
        ("HEAD03/04/2024,\"5,5\"\n", Some(3), &["`5,5`", "groups of three"]),
        ("HEAD03/04/2024,5,6\n", Some(3), &["3 cells and the header 2"]),
        ("HEAD03/04/2024\n", Some(3), &["1 cells and the header 2"]),
        ("HEAD03/04/2024,\"5\n03/05/2024,6\n", Some(3), &["quotation mark"]),
        ("HEAD\r\n\r\n03/04/2024,x\n", Some(5), &["`x`"]),
        ("Date,Close\n03/01/2024,N/A\n", Some(1), &["`Close` holds no price in 1 rows"]),
        ("HEAD03/04/2024,5\0\n", Some(3), &["NUL"]),
        ("<!DOCTYPE html>\n<p>Not found</p>\n", Some(1), &["no column `Date`", "<!DOCTYPE html>"]),
    ];
    for (text, line, words) in cases {
        assert_malformed(nasdaq(text.replace("HEAD", head)), *line, words);
    }
    let turned = yahoo("Date,Close\n03/01/2024,5\n");
    assert_malformed(turned, Some(2), &["YYYY-MM-DD", "how nasdaq.com writes"]);
}

#[test]
fn bytes_that_are_no_text_are_named() {
    assert_malformed(nasdaq(b"Date,Close\n03/01/2024,\xa35\n"), Some(2), &["not UTF-8", "0xa3"]);
    assert_malformed(nasdaq(b"\xff\xfeD\0a\0t\0e\0"), Some(1), &["UTF-16"]);
    let garbage: Vec<u8> =
        (0..4096_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    assert!(matches!(nasdaq(&garbage), Err(Error::Malformed { .. })));

    let packed = gzip(&NASDAQ.repeat(50));
    for length in [3, 12, packed.len() / 2, packed.len() - 1] {
        assert_malformed(nasdaq(&packed[..length]), None, &["gzip data end too early"]);
    }
    let mut damaged = packed.clone();
    let middle = damaged.len() - 6;
    damaged[middle] ^= 0xff;
    assert_malformed(nasdaq(&damaged), None, &["gzip data are damaged"]);
}

proptest! {
    /// A good file with a few bytes exchanged is read or refused; it never brings the notebook down.
    #[test]
    fn damaged_files_do_not_panic(
        places in prop::collection::vec((0..NASDAQ.len(), any::<u8>()), 0..6),
        length in 0..=NASDAQ.len(),
    ) {
        let mut bytes = NASDAQ.as_bytes().to_vec();
        for (place, byte) in places {
            bytes[place] = byte;
        }
        bytes.truncate(length);
        let file = sample("T.csv", bytes);
        for result in [
            read_nasdaq(&file.path).map(|_| ()),
            read_yahoo(&file.path).map(|_| ()),
            read_wide(&file.path).map(|_| ()),
        ] {
            let expected = matches!(result, Ok(()) | Err(Error::Malformed { .. }));
            prop_assert!(expected, "{result:?}");
        }
    }
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let error = read_nasdaq("no/such/T.csv").unwrap_err().to_string();
    assert!(error.starts_with("cannot read no/such/T.csv"), "{error}");
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(read_wide(folder.path()), Err(Error::Io { .. })));
}

#[test]
fn wide_tables_may_have_gaps() {
    let text = "Date,AAPL,MSFT\n1990-01-02,0.264,\n1990-01-03,0.266,0.386\n1990-01-04,,0.39\n1990-01-05,0.27,0.4\n";
    for (name, bytes) in [("w.csv", text.as_bytes().to_vec()), ("w.csv.gz", gzip(text))] {
        let file = sample(name, bytes);
        let prices = PricePanel::from_source(&PriceSource::Wide(file.path.clone())).unwrap();
        assert_eq!(prices.tickers(), ["AAPL", "MSFT"]);
        assert_eq!(prices.closes(), &ndarray::array![[0.266, 0.386], [0.27, 0.4]]);
        assert_eq!(prices.report().days_dropped(), 2);
    }
    let wide = |text: &str| read_wide(&sample("w.csv", text).path);
    assert_malformed(wide("Date\n1990-01-02\n"), Some(1), &["no column besides `Date`"]);
    assert_malformed(wide("Date,A,\n1990-01-02,1,2\n"), Some(1), &["column 3 has no name"]);
    assert_malformed(wide("Date,A,A\n1990-01-02,1,2\n"), Some(1), &["two columns are called `A`"]);
    assert_malformed(wide("Date,A,B\n1990-01-02,1,\n"), Some(1), &["column `B` holds no price"]);
    assert_malformed(wide("Date,A,B\n1990-01-02,1,x\n"), Some(2), &["column `B`", "`x`"]);
}

/// A folder with one file for each ticker.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[test]
fn folders_hold_one_ticker_a_file() {
    let files = folder(&[
        ("B.csv", "Date,Close\n03/01/2024,5\n03/04/2024,6\n"),
        ("A.csv", "Date,Close\n03/04/2024,7\n03/01/2024,8\n"),
        ("YOUNG.csv", "Date,Close\n03/04/2024,1\n"),
        ("._A.csv", "not a table"),
        ("notes.txt", "not a table"),
    ]);
    let source = PriceSource::Nasdaq(files.path().to_owned());
    let all = PricePanel::from_source(&source).unwrap();
    assert_eq!(all.tickers(), ["A", "B", "YOUNG"]);
    assert_eq!(all.dates().len(), 1);
    let pair = PricePanel::portfolio(&source, &["B", "A"]).unwrap();
    assert_eq!(pair.tickers(), ["B", "A"]);
    assert_eq!(pair.closes(), &ndarray::array![[5.0, 8.0], [6.0, 7.0]]);
    let error = PricePanel::portfolio(&source, &["C"]).unwrap_err().to_string();
    assert!(error.contains("ticker C") && error.contains("there are A, B, YOUNG"), "{error}");

    let twice = folder(&[("A.csv", NASDAQ), ("A.csv.gz", NASDAQ)]);
    let error = PricePanel::from_source(&PriceSource::Nasdaq(twice.path().to_owned())).unwrap_err();
    assert!(error.to_string().contains("A comes twice"), "{error}");
    let empty = tempfile::tempdir().unwrap();
    let error = PricePanel::from_source(&PriceSource::Yahoo(empty.path().to_owned())).unwrap_err();
    assert!(error.to_string().contains("price files"), "{error}");
    let error = PricePanel::from_source(&PriceSource::Yahoo("/no/such".into())).unwrap_err();
    assert!(error.to_string().contains("/no/such"), "{error}");
    let file = sample("T.csv", NASDAQ);
    let error = PricePanel::from_source(&PriceSource::Nasdaq(file.path.clone())).unwrap_err();
    assert!(matches!(error, Error::Io { .. }), "{error}");
}

#[test]
fn a_panel_shows_itself_in_text_and_html() {
    let files = folder(&[
        ("A&B.csv", "Date,Close\n03/01/2024,5\n03/04/2024,6\n03/05/2024,7\n"),
        ("C.csv", "Date,Close\n03/04/2024,6\n03/05/2024,N/A\n"),
    ]);
    let prices = PricePanel::from_source(&PriceSource::Nasdaq(files.path().to_owned())).unwrap();
    let page = prices.rich();
    let (text, html) = (page.get("text/plain").unwrap(), page.get("text/html").unwrap());
    for part in
        ["1 days × 2 tickers", "nasdaq.com files", "C lacks 1 before its first price and 1 after"]
    {
        assert!(text.contains(part) && html.contains(part), "{part}: {text}");
    }
    assert!(html.contains("A&amp;B") && !html.contains("A&B"));
    assert!(html.contains("1 N/A"));
}

/// The steps of the course's script, written without this library: one σ over the whole matrix.
fn script(closes: &Array2<f64>) -> Array2<f64> {
    let (days, tickers) = closes.dim();
    let mut values = Array2::from_shape_fn((days - 1, tickers), |(day, ticker)| {
        (closes[[day + 1, ticker]] / closes[[day, ticker]]).ln()
    });
    let sigma = values.std(0.0);
    values.mapv_inplace(|value| value.max(-4.0 * sigma).min(4.0 * sigma));
    for mut column in values.columns_mut() {
        let (mean, sigma) = (column.mean().unwrap(), column.std(0.0));
        column.mapv_inplace(|value| (value - mean) / sigma);
    }
    values
}

fn assert_course_steps(prices: &PricePanel) {
    let clipped = prices.log_returns().unwrap().clip(4.0, ClipScale::Pooled).unwrap();
    let samples = clipped.standardize().unwrap();
    let expected = script(prices.closes());
    assert_eq!(samples.dim(), expected.dim());
    assert!(samples.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-9));
    let covariance = empirical_covariance(&samples).unwrap();
    assert!(covariance.diag().iter().all(|variance| (variance - 1.0).abs() < 1e-9));
    assert_eq!(clipped.summary().unwrap().height(), prices.tickers().len());
    assert_eq!(prices.frame().unwrap().width(), prices.tickers().len() + 1);
}

#[test]
fn the_embedded_set_is_complete() {
    let Ok(cache) = embedded_folder() else { return println!("skipped: no cache folder") };
    if !cache.join("sp500_dataset.csv.gz").is_file() {
        return println!("skipped: the embedded prices have not been fetched");
    }
    let prices = PricePanel::from_source(&PriceSource::Embedded).unwrap();
    assert_eq!(prices.closes().dim(), (8313, 20));
    assert_eq!(prices.report().days_dropped(), 0);
    let recent = prices.between("2021-01-04", "2022-12-28").unwrap();
    assert_course_steps(&recent);
    assert_course_steps(&prices.last(400).unwrap());
    println!("{}", prices.rich().get("text/plain").unwrap());
}

/// The second set has no dates of its own: its returns must be those that the first set has on the same days.
#[test]
fn the_embedded_stocks_with_sectors_agree_with_the_first_set() {
    let Ok(cache) = embedded_folder() else { return println!("skipped: no cache folder") };
    if !["sp500_dataset.csv.gz", "sp500_sectors.npz"].iter().all(|name| cache.join(name).is_file())
    {
        return println!("skipped: the embedded prices have not been fetched");
    }
    let first = PricePanel::from_source(&PriceSource::Embedded).unwrap();
    let first = first.between("2003-01-01", "2007-12-31").unwrap();
    let all = PricePanel::from_source(&PriceSource::EmbeddedSectors).unwrap();
    assert_eq!(all.closes().dim(), (1258, 452));
    assert_eq!(all.dates(), first.dates());

    let shared: Vec<&str> = first.tickers().iter().map(String::as_str).collect();
    let second = all.select(&shared).unwrap().log_returns().unwrap();
    let gaps = second.values() - first.log_returns().unwrap().values();
    for (ticker, gaps) in shared.iter().zip(gaps.columns()) {
        let within = |most: f64| gaps.iter().filter(|gap| gap.abs() < most).count();
        // The first set is adjusted for dividends, splits and spin-offs, and AAPL's oldest prices have few digits.
        assert!(within(5e-4) > 1257 / 2, "{ticker}: {} of 1257 returns agree", within(5e-4));
        assert!(within(0.02) >= 1250, "{ticker}: {} of 1257 returns are close", within(0.02));
    }

    let sectors = Sectors::embedded().unwrap();
    assert_eq!(sectors.counts().len(), 10);
    assert_eq!(sectors.labels(all.tickers()).unwrap().len(), 452);
    assert_eq!(sectors.labels(&shared).unwrap()[4], "Energy");
    let calm = all.without_jumps(1.2).unwrap();
    assert_eq!(calm.tickers().len(), 235);
    let kept = sectors.labels(calm.tickers()).unwrap();
    assert!(sectors.counts().iter().all(|(sector, _)| kept.contains(sector)));
}

#[test]
fn real_files_are_read() {
    let nasdaq =
        data_folder().unwrap().map(|data| data.join("nasdaq")).filter(|folder| folder.is_dir());
    let Some(nasdaq) = nasdaq else {
        return println!("skipped: LATENTLAB_DATA points to no folder with nasdaq/");
    };
    let prices = PricePanel::open().unwrap();
    assert!(prices.source().contains("LATENTLAB_DATA points to it"));
    for (number, ticker) in prices.tickers().iter().enumerate() {
        let series = read_nasdaq(nasdaq.join(format!("{ticker}.csv"))).unwrap();
        for (date, close) in prices.dates().iter().zip(prices.closes().column(number)) {
            let place = series.dates().binary_search(date).unwrap();
            assert_eq!(series.closes()[place], *close);
        }
    }
    let report = prices.report();
    assert_eq!(report.days_kept + report.days_dropped(), report.days_read);
    assert_course_steps(&prices);
    println!("{}", prices.rich().get("text/plain").unwrap());
}

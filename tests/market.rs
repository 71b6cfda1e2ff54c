//! Markets from files of every kind: what is read, what is mended, what is refused.

#![allow(clippy::unwrap_used)]

use std::fmt::Write;
use std::path::{Path, PathBuf};

use latentlab::prelude::*;

/// A folder with files of drawn shares, as nasdaq.com or as Yahoo Finance would export them.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn files(&self) -> MarketSource {
        MarketSource::Files { folder: self.0.path().into(), benchmark: None }
    }

    fn read(&self) -> Result<MarketPanel> {
        MarketPanel::from_source(&self.files())
    }

    fn refused(&self) -> String {
        self.read().unwrap_err().to_string()
    }
}

fn drawn(tickers: usize) -> MarketPanel {
    MarketModel::default().tickers(tickers).days(320).seed(11).sample().unwrap()
}

/// One share of a panel as a file; `line` may change or leave out a line.
fn nasdaq(
    panel: &MarketPanel,
    share: usize,
    line: impl Fn(usize, String) -> Option<String>,
) -> String {
    let mut text = String::from("Date,Close/Last,Volume,Open,High,Low\n");
    for (day, date) in panel.dates().iter().enumerate().rev() {
        let [open, close, high, low, volume] =
            [0, 1, 2, 3, 4].map(|field| panel.bars()[[share, field, day]]);
        let row = format!(
            "{},${close:.6},{volume},${open:.6},${high:.6},${low:.6}",
            date.format("%m/%d/%Y")
        );
        if let Some(row) = line(day, row) {
            writeln!(text, "{row}").unwrap();
        }
    }
    text
}

fn same(_: usize, line: String) -> Option<String> {
    Some(line)
}

/// A drawn market as files.
fn written(tickers: usize) -> (Folder, MarketPanel) {
    let (folder, panel) = (Folder::new(), drawn(tickers));
    for (share, ticker) in panel.tickers().iter().enumerate() {
        folder.write(&format!("{ticker}.csv"), nasdaq(&panel, share, same));
    }
    (folder, panel)
}

#[test]
fn files_give_the_market_back() {
    let (folder, panel) = written(24);
    let read = folder.read().unwrap();
    assert_eq!((read.tickers(), read.dates()), (panel.tickers(), panel.dates()));
    for field in 0..5 {
        for (one, other) in read
            .bars()
            .index_axis(ndarray::Axis(1), field)
            .iter()
            .zip(panel.bars().index_axis(ndarray::Axis(1), field))
        {
            assert!((one - other).abs() <= 1e-6 * other.abs().max(1.0));
        }
    }
    assert_eq!(read.report().without_vwap, 24);
    let [high, low, close, vwap] = [2, 3, 1, 5].map(|field| read.bars()[[3, field, 7]]);
    assert!((vwap - (high + low + close) / 3.0).abs() < 1e-12);
    let split = read.examples(&MarketConfig::default()).unwrap().split(0.5, 0.25, 1).unwrap();
    assert_eq!(split.training.series().size(), [12, 8, 180]);
    let text = read.report().rich().get("text/plain").unwrap().to_owned();
    assert!(
        text.contains("24 tickers kept of 24") && text.contains("(high + low + close) / 3"),
        "{text}"
    );
}

#[test]
fn line_ends_marks_packing_order_and_repeated_lines_change_nothing() {
    let (folder, panel) = written(4);
    let plain = folder.read().unwrap();
    let text = |share: usize| nasdaq(&panel, share, same);
    folder.write("S0001.csv", text(0).replace('\n', "\r\n"));
    folder.write("S0002.csv", [b"\xef\xbb\xbf".as_slice(), text(1).as_bytes()].concat());
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packer, text(2).as_bytes()).unwrap();
    std::fs::remove_file(folder.0.path().join("S0003.csv")).unwrap();
    folder.write("S0003.csv.gz", packer.finish().unwrap());
    let mut lines: Vec<String> = text(3).lines().map(String::from).collect();
    lines[1..].reverse();
    let again = lines[5].clone();
    lines.push(again);
    folder.write("S0004.csv", lines.join("\n"));
    let mixed = folder.read().unwrap();
    assert_eq!(mixed.bars(), plain.bars());
    assert_eq!(mixed.report().repeated, [("S0004".to_owned(), 1)]);
}

#[test]
fn gaps_days_without_trade_and_young_shares_are_handled_and_told() {
    let (folder, panel) = written(24);
    let gap = |day: usize, line: String| (day != 200).then_some(line);
    folder.write("S0001.csv", nasdaq(&panel, 0, gap));
    let idle = |day: usize, line: String| {
        if day != 210 {
            return Some(line);
        }
        let cells: Vec<&str> = line.split(',').collect();
        Some([cells[0], cells[1], "N/A", cells[3], cells[4], cells[5]].join(","))
    };
    folder.write("S0002.csv", nasdaq(&panel, 1, idle));
    folder.write("S0003.csv", nasdaq(&panel, 2, |day, line| (day >= 150).then_some(line)));
    folder.write("S0004.csv", nasdaq(&panel, 3, |day, line| (day % 4 > 0).then_some(line)));
    let empty = |_: usize, line: String| {
        let cells: Vec<&str> = line.split(',').collect();
        Some(format!("{},{},,{},{},{}", cells[0], cells[1], cells[3], cells[4], cells[5]))
    };
    folder.write("S0005.csv", nasdaq(&panel, 4, empty));
    let read = folder.read().unwrap();
    let report = read.report();
    assert_eq!(report.filled[0], ("S0001".to_owned(), 1));
    assert_eq!(report.untraded, [("S0002".to_owned(), 1)]);
    assert_eq!(report.left_out, [("S0005".to_owned(), "no volume".to_owned())]);
    assert_eq!(read.bars()[[0, 1, 200]], read.bars()[[0, 1, 199]]);
    assert_eq!(read.bars()[[1, 4, 210]], 0.0);
    assert!(read.bars()[[2, 1, 149]].is_nan() && read.bars()[[2, 1, 150]].is_finite());
    let examples = read.examples(&MarketConfig::default()).unwrap();
    assert_eq!(examples.len(), 21);
    let reasons: Vec<&str> =
        examples.report().left_out[1..].iter().map(|(_, reason)| reason.as_str()).collect();
    assert_eq!(reasons, ["not listed on 70 of 240 days", "60 of 240 days without a price"]);
    let lenient = read.examples(&MarketConfig::default().missing(0.3).days(100)).unwrap();
    assert_eq!(lenient.len(), 23);
}

#[test]
fn a_split_is_taken_out_before_anything_is_computed() {
    let (folder, panel) = written(20);
    let plain = folder.read().unwrap();
    let split = |day: usize, line: String| {
        let cells: Vec<&str> = line.split(',').collect();
        let (price, shares) = if day < 250 { (4.0, 0.25) } else { (1.0, 1.0) };
        let times = |cell: &str| format!("${:.6}", price * cell[1..].parse::<f64>().unwrap());
        let volume = (shares * cells[2].parse::<f64>().unwrap()).round();
        Some(format!(
            "{},{},{volume},{},{},{}",
            cells[0],
            times(cells[1]),
            times(cells[3]),
            times(cells[4]),
            times(cells[5])
        ))
    };
    folder.write("S0007.csv", nasdaq(&panel, 6, split));
    let read = folder.read().unwrap();
    let [found] = &read.report().splits[..] else { panic!("{:?}", read.report().splits) };
    assert_eq!(
        (found.ticker.as_str(), found.date, found.ratio),
        ("S0007", panel.dates()[250], 4.0)
    );
    let outcomes =
        |panel: &MarketPanel| panel.examples(&MarketConfig::default()).unwrap().outcomes().to_vec();
    for (one, other) in outcomes(&read).iter().zip(outcomes(&plain)) {
        assert!((one - other).abs() < 1e-5);
    }
}

#[test]
fn yahoo_files_are_scaled_by_the_adjusted_close() {
    let folder = Folder::new();
    let mut text = String::from("Date,Open,High,Low,Close,Adj Close,Volume\n");
    for day in 1..=28 {
        writeln!(text, "2024-02-{day:02},10,12,8,11,5.5,1000").unwrap();
    }
    folder.write("A.csv", &text);
    let panel = folder.read().unwrap();
    assert_eq!(
        [0, 1, 2, 3, 4].map(|field| panel.bars()[[0, field, 3]]),
        [5.0, 5.5, 6.0, 4.0, 1000.0]
    );
}

#[test]
fn what_breaks_its_format_is_refused_with_file_and_line() {
    let head = "Date,Close,Volume,Open,High,Low\n";
    let row = "03/01/2024,$10,\"1,000\",$10,$11,$9\n";
    for (text, parts) in [
        (String::new(), vec!["T.csv", "empty"]),
        (head.to_owned(), vec!["T.csv", "only line"]),
        (format!("{head}{row}02/29/2024,$10,1000\n"), vec!["line 3", "3 cells"]),
        (
            format!("{head}{row}02/29/2024,abc,1,1,1,1\n"),
            vec!["line 3", "column `Close` holds `abc`"],
        ),
        (format!("{head}{row}02/29/2024,0,1,1,1,1\n"), vec!["line 3", "must be positive"]),
        (
            format!("{head}{row}02/29/2024,1,-5,1,1,1\n"),
            vec!["line 3", "a volume cannot be negative"],
        ),
        (format!("{head}{row}2024-02-29,1,1,1,1,1\n"), vec!["line 3", "expected MM/DD/YYYY"]),
        (format!("{head}{row}02/30/2024,1,1,1,1,1\n"), vec!["no day 30"]),
        (
            format!("{head}{row}03/01/2024,$12,1,1,1,1\n"),
            vec!["line 3", "2024-03-01 says something else"],
        ),
        (format!("{head}\"03/01/2024,$10,1,1,1,1\n{row}"), vec!["quotation mark"]),
        ("Date,Close,Open,High,Low\n03/01/2024,1,1,1,1\n".to_owned(), vec!["no column `Volume`"]),
        ("Date;Close;Volume;Open;High;Low\n".to_owned(), vec!["semicolons"]),
        (
            format!("{head}03/01/2024,NaN,NaN,NaN,NaN,NaN\n"),
            vec!["no ticker of 1", "no closing price"],
        ),
    ] {
        let folder = Folder::new();
        folder.write("T.csv", &text);
        let error = folder.refused();
        assert!(parts.iter().all(|part| error.contains(part)), "{text:?}: {error}");
    }
    let folder = Folder::new();
    folder.write("T.csv", [0xff, 0xfe, b'D', 0]);
    assert!(folder.refused().contains("UTF-16"));
    folder.write("T.csv", [0x1f, 0x8b, 8, 0]);
    assert!(folder.refused().contains("gzip"));
    folder.write("T.csv", b"Date,Close,Volume,Open,High,Low\n\x00");
    assert!(folder.refused().contains("NUL"));
    assert!(Folder::new().refused().contains("price files"));
    let nowhere = MarketSource::Files { folder: "/no/such".into(), benchmark: None };
    assert!(MarketPanel::from_source(&nowhere).unwrap_err().to_string().contains("/no/such"));
}

/// A drawn market as one wide table, with some static columns.
fn wide(panel: &MarketPanel, statics: &[&str], cells: impl Fn(usize, usize) -> String) -> String {
    let mut text = String::from("ticker");
    let names = ["open", "close", "high", "low", "volume", "vwap"];
    for name in names {
        panel
            .dates()
            .iter()
            .for_each(|day| write!(text, ",{name}_{}", day.format("%Y%m%d")).unwrap());
    }
    statics.iter().for_each(|name| write!(text, ",{name}").unwrap());
    for (share, ticker) in panel.tickers().iter().enumerate() {
        write!(text, "\n{ticker}").unwrap();
        for field in 0..names.len() {
            (0..panel.dates().len())
                .for_each(|day| write!(text, ",{}", panel.bars()[[share, field, day]]).unwrap());
        }
        (0..statics.len()).for_each(|column| write!(text, ",{}", cells(share, column)).unwrap());
    }
    text
}

fn index(panel: &MarketPanel, days: impl Fn(usize) -> bool) -> String {
    let mut text = String::from("date,open,high,low,close,volume\n");
    for (day, date) in panel.dates().iter().enumerate().filter(|(day, _)| days(*day)) {
        writeln!(text, "{date},100,101,99,{},1000", 100.0 + day as f64 / 10.0).unwrap();
    }
    text
}

#[test]
fn a_wide_table_with_its_benchmark_and_static_columns_is_read() {
    let folder = Folder::new();
    let panel = MarketModel::default().tickers(24).days(180).sample().unwrap();
    let cells = |share: usize, column: usize| match column {
        0 => ["Energy", "Health", "Tech"][share % 3].to_owned(),
        1 if share == 5 => String::new(),
        1 => format!("{}", 10 + share),
        _ => "same".to_owned(),
    };
    let table =
        folder.write("panel.csv", wide(&panel, &["sector", "trailingPE", "exchange"], cells));
    let benchmark = Some(folder.write("benchmark.csv", index(&panel, |_| true)));
    let source = MarketSource::Wide { table: table.clone(), benchmark };
    let read = MarketPanel::from_source(&source).unwrap();
    assert_eq!(
        (read.bars(), read.tickers(), read.dates()),
        (panel.bars(), panel.tickers(), panel.dates())
    );
    assert_eq!(read.report().without_vwap, 0);
    assert_eq!(read.report().statics_left_out[0].0, "exchange");
    let same = LabelRule::SameWindow { band: Band::Terciles };
    let examples = read.examples(&MarketConfig::default().rule(same)).unwrap();
    let split = examples.split(0.5, 0.25, 3).unwrap();
    assert_eq!(
        split.training.static_names(),
        ["sector = Energy", "sector = Health", "sector = Tech", "trailingPE"]
    );
    assert!(split.training.statics().isfinite().all().int64_value(&[]) == 1);
    // ln(117.9 / 100) over the whole time.
    let closes = |share: usize, day: usize| read.bars()[[share, 1, day]];
    let outcome = (closes(4, 179) / read.bars()[[4, 0, 0]]).ln() - 1.179_f64.ln();
    assert!((examples.outcomes()[4] - outcome).abs() < 1e-12);
    // Too short for a forecast.
    let error = read.examples(&MarketConfig::default()).unwrap_err().to_string();
    assert!(error.contains("180 days; 180 of inputs and 60 after"), "{error}");

    let holes = folder.write("holes.csv", index(&panel, |day| day != 7 && day != 9));
    let error = MarketPanel::from_source(&MarketSource::Wide { table, benchmark: Some(holes) })
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("holes.csv") && error.contains("lacks 2 of the panel's 180 days"),
        "{error}"
    );
}

#[test]
fn wide_tables_that_are_none_are_refused() {
    let head = "ticker,open_20240301,close_20240301,high_20240301,low_20240301,volume_20240301";
    for (text, parts) in [
        ("ticker,a,b\nT,1,2\n".to_owned(), vec!["no column `open_YYYYMMDD`"]),
        (format!("{head},close_2024031\nT,1,1,1,1,1,1\n"), vec!["does not end in a day"]),
        (
            format!("{head},close_20240231\nT,1,1,1,1,1,1\n"),
            vec!["`close_20240231` does not end in a day"],
        ),
        (
            format!("{head},close_20240301\nT,1,1,1,1,1,1\n"),
            vec!["two columns are called `close_20240301`"],
        ),
        (format!("{head}\nT,1,1,1,1,1\nT,1,1,1,1,1\n"), vec!["line 3", "second time"]),
        (format!("{head}\n,1,1,1,1,1\n"), vec!["line 2", "is empty; expected a ticker"]),
        (format!("{head}\nT,1,x,1,1,1\n"), vec!["line 2", "column `close_20240301` holds `x`"]),
        (format!("{head}\nT,1,1,1\n"), vec!["line 2", "4 cells"]),
        (format!("{head}\nT,,,,,\n"), vec!["no closing price"]),
    ] {
        let folder = Folder::new();
        let table = folder.write("panel.csv", &text);
        let error = MarketPanel::from_source(&MarketSource::Wide { table, benchmark: None })
            .unwrap_err()
            .to_string();
        assert!(parts.iter().all(|part| error.contains(part)), "{text:?}: {error}");
    }
    let table = Path::new("/no/such/panel.csv").to_owned();
    assert!(MarketPanel::from_source(&MarketSource::Wide { table, benchmark: None }).is_err());
}

#[test]
fn synthetic_examples_are_the_same_type_as_real_ones() {
    let split =
        drawn(60).examples(&MarketConfig::default().days(60)).unwrap().split(0.5, 0.25, 3).unwrap();
    let neutral = split.training.of_class(1).unwrap();
    let noise = Tensor::zeros([4, 8, 60], (Kind::Float, Device::Cpu));
    let labels = Tensor::from_slice(&[1_i64; 4]);
    let made = MarketSet::new(&noise, &neutral.statics().narrow(0, 0, 4), &labels).unwrap();
    let together = split.training.concat(&made).unwrap();
    assert_eq!(together.class_counts()[1], split.training.class_counts()[1] + 4);
    assert_eq!(together.static_names(), split.training.static_names());
    let report = Realism::default()
        .channel_names(MarketSet::CHANNELS)
        .labels(neutral.labels(), made.labels())
        .held_out(split.test.series())
        .compare(neutral.series(), made.series())
        .unwrap();
    // Zeros are far from everything, and from their own kind they do not differ.
    assert!(report.memorization().unwrap().ratio().is_finite());
    assert_eq!(report.autocorrelation().synthetic, vec![0.0; 20]);
    assert!(report.marginals().iter().all(|one| one.kolmogorov_smirnov >= 0.5));
}

#[test]
fn sets_that_do_not_fit_are_refused() {
    let float = (Kind::Float, Device::Cpu);
    let zeros = |size: &[i64]| Tensor::zeros(size, float);
    let labels = |values: &[i64]| Tensor::from_slice(values);
    let message = |series: &[i64], statics: &[i64], values: &[i64]| {
        MarketSet::new(&zeros(series), &zeros(statics), &labels(values)).unwrap_err().to_string()
    };
    assert!(message(&[2, 8], &[2, 1], &[0, 1]).contains("three, two and one dimensions"));
    assert!(message(&[0, 8, 5], &[0, 1], &[]).contains("at least one example"));
    assert!(message(&[2, 8, 5], &[3, 1], &[0, 1]).contains("a row for each example"));
    assert!(message(&[2, 8, 5], &[2, 1], &[0, 3]).contains("holds 3"));
    let halves = Tensor::from_slice(&[0.5, 1.0]);
    let error =
        MarketSet::new(&zeros(&[2, 8, 5]), &zeros(&[2, 1]), &halves).unwrap_err().to_string();
    assert!(error.contains("holds 0.5"), "{error}");
    let nan = zeros(&[2, 8, 5]) / 0.0;
    assert!(
        MarketSet::new(&nan, &zeros(&[2, 1]), &labels(&[0, 1]))
            .unwrap_err()
            .to_string()
            .contains("80 values are not finite")
    );
    let set = MarketSet::new(&zeros(&[2, 8, 5]), &zeros(&[2, 0]), &labels(&[0, 2])).unwrap();
    assert!(set.of_class(1).unwrap_err().to_string().contains("[1, 0, 1]"));
    let other = MarketSet::new(&zeros(&[2, 8, 6]), &zeros(&[2, 0]), &labels(&[0, 2])).unwrap();
    assert!(set.concat(&other).is_err() && set.with_names(["one"]).is_err());
}

mod hostile {
    use proptest::prelude::*;

    use super::*;

    /// A text with some bytes replaced and the end cut off.
    fn damaged(text: &str, changes: &[(usize, u8)], end: usize) -> Vec<u8> {
        let mut bytes = text.as_bytes().to_vec();
        for (place, byte) in changes {
            let place = place % bytes.len();
            bytes[place] = *byte;
        }
        bytes.truncate(1 + end % bytes.len());
        bytes
    }

    /// Bytes that mean something to a reader of tables come more often than others.
    fn byte() -> impl Strategy<Value = u8> {
        prop_oneof![prop::sample::select(b",\"\n\r\0$-/.;eN9 \xff\xef\x1f".to_vec()), any::<u8>(),]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn damaged_files_are_read_or_refused_and_what_is_read_is_whole(
            changes in prop::collection::vec((any::<usize>(), byte()), 0..6),
            end in any::<usize>(),
            cut in any::<bool>(),
            wide_table in any::<bool>(),
        ) {
            let folder = Folder::new();
            let panel = MarketModel::default().tickers(3).days(30).sample().unwrap();
            let source = if wide_table {
                let text = wide(&panel, &["sector"], |share, _| format!("s{share}"));
                let end = if cut { end } else { text.len() - 1 };
                let table = folder.write("panel.csv", damaged(&text, &changes, end));
                MarketSource::Wide { table, benchmark: None }
            } else {
                for share in 0..3 {
                    let text = nasdaq(&panel, share, same);
                    let end = if cut { end } else { text.len() - 1 };
                    folder.write(&format!("S{share}.csv"), damaged(&text, &changes, end));
                }
                folder.files()
            };
            let read = match MarketPanel::from_source(&source) {
                Ok(read) => read,
                Err(error) => {
                    prop_assert!(!error.to_string().is_empty());
                    return Ok(());
                }
            };
            // Where a share is listed, everything of it is known and holds together.
            for share in read.bars().outer_iter() {
                for day in share.columns() {
                    let [open, close, high, low, volume] = [0, 1, 2, 3, 4].map(|field| day[field]);
                    let known = day.iter().all(|value| value.is_finite());
                    prop_assert!(known || day.iter().all(|value| value.is_nan()), "{day}");
                    if known {
                        prop_assert!(low > 0.0 && low <= open.min(close) && high >= open.max(close) && volume >= 0.0);
                    }
                }
            }
            if read.dates().len() >= 25 {
                let same = LabelRule::SameWindow { band: Band::Terciles };
                let config = MarketConfig::default().days(20).rule(same).missing(1.0);
                if let Ok(examples) = read.examples(&config) {
                    prop_assert!(examples.outcomes().iter().all(|outcome| outcome.is_finite()));
                }
            }
        }
    }
}

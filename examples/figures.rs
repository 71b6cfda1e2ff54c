//! Writes one figure of each kind, as SVG and as PNG, into the folder given as argument.
//!
//! `cargo run --release --example figures -- out/figures`

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use latentlab::petgraph::graph::UnGraph;
use latentlab::plot::{ColorMap, Figure, HeatMap, LineChart, NetworkDiagram};
use latentlab::{Error, Result};
use ndarray::Array2;

const TICKERS: [&str; 20] = [
    "GOOGL", "T", "CMCSA", "FOX", "EA", "AMZN", "ABNB", "BBY", "COST", "CMG", "AXP", "AFL", "ALL",
    "BLK", "BAC", "DXCM", "LLY", "PFE", "ISRG", "JNJ",
];
const SECTORS: [&str; 4] = ["communication", "consumer", "financial", "health care"];

fn main() -> Result<()> {
    let Some(folder) = std::env::args().nth(1).map(PathBuf::from) else {
        return Err(Error::invalid("no argument", "name the folder to write the figures to"));
    };
    std::fs::create_dir_all(&folder).map_err(|source| Error::io("create", &folder, source))?;
    save(&folder, "returns", &returns()?)?;
    save(&folder, "prices", &prices()?)?;
    save(&folder, "precision", &precision()?)?;
    save(&folder, "correlation", &correlation()?)?;
    save(&folder, "network", &network()?)
}

fn save(folder: &Path, name: &str, figure: &Figure) -> Result<()> {
    for ending in ["svg", "png"] {
        let file = folder.join(format!("{name}.{ending}"));
        figure.save(&file)?;
        println!("{}", file.display());
    }
    println!("    {}", figure.description());
    Ok(())
}

/// Numbers that look random and are the same in every run.
fn noise(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed.wrapping_mul(2_654_435_769).wrapping_add(12_345);
    let mut uniform = move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    move || (0..12).map(|_| uniform()).sum::<f64>() - 6.0
}

fn days(count: usize) -> Result<Vec<NaiveDate>> {
    let start = NaiveDate::from_ymd_opt(1992, 1, 2)
        .ok_or_else(|| Error::invalid("1992-01-02", "no such day"))?;
    Ok(start.iter_days().take(count).collect())
}

fn returns() -> Result<Figure> {
    let dates = days(8_000)?;
    let mut chart = LineChart::new("Daily log returns").dates(&dates).y_label("log return");
    for (index, ticker) in TICKERS.iter().enumerate() {
        let mut draw = noise(index as u64);
        chart = chart.series(*ticker, dates.iter().map(|_| 0.02 * draw()));
    }
    chart.figure()
}

fn prices() -> Result<Figure> {
    let dates = days(365)?;
    let mut chart = LineChart::new("Closing prices").dates(&dates).y_label("US dollars");
    for (index, ticker) in TICKERS.iter().take(4).enumerate() {
        let mut draw = noise(100 + index as u64);
        let mut price = 50.0 + 40.0 * index as f64;
        let walk = dates.iter().enumerate().map(|(day, _)| {
            price *= (0.015 * draw()).exp();
            if index == 1 && (120..150).contains(&day) { f64::NAN } else { price }
        });
        chart = chart.series(*ticker, walk);
    }
    chart.figure()
}

/// A precision matrix with stronger entries inside sectors.
fn sparse_matrix(count: usize) -> Array2<f64> {
    let mut draw = noise(7);
    let mut matrix = Array2::eye(count) * 2.4;
    for row in 0..count {
        for column in 0..row {
            let same_sector = row / 5 == column / 5;
            let strength = if same_sector { 0.35 } else { 0.15 };
            let value = strength * draw();
            if value.abs() > if same_sector { 0.12 } else { 0.25 } {
                matrix[[row, column]] = value;
                matrix[[column, row]] = value;
            }
        }
    }
    matrix
}

fn precision() -> Result<Figure> {
    HeatMap::new("Precision matrix", &sparse_matrix(20))
        .labels(TICKERS)
        .hide_diagonal(true)
        .figure()
}

fn correlation() -> Result<Figure> {
    let matrix = sparse_matrix(8).mapv(|value| (value / 2.4).abs());
    HeatMap::new("Absolute correlation", &matrix)
        .labels(&TICKERS[..8])
        .color_map(ColorMap::Blues)
        .range(0.0, 1.0)
        .figure()
}

fn network() -> Result<Figure> {
    let matrix = sparse_matrix(20);
    let mut graph = UnGraph::<String, f64>::default();
    let nodes: Vec<_> = TICKERS.iter().map(|ticker| graph.add_node((*ticker).to_owned())).collect();
    for row in 0..20 {
        for column in 0..row {
            if matrix[[row, column]] != 0.0 {
                graph.add_edge(nodes[row], nodes[column], -matrix[[row, column]] / 2.4);
            }
        }
    }
    NetworkDiagram::new("Partial correlations", &graph)
        .groups((0..20).map(|node| SECTORS[node / 5]))
        .figure()
}

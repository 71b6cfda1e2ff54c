//! Fits graphical lassos for `cargo lab bench glasso`, whose script (`benches/peers/glasso.py`) makes the matrices and times
//! other libraries on them. Matrices are files of little-endian doubles, row by row.
//!
//! - `glasso fit FILE ORDER ALPHA TOLERANCE REPEATS`: a covariance; prints `seconds,objective,gap,steps,edges,components,peak`.
//! - `glasso validate FILE ROWS COLUMNS POINTS RATIO TOLERANCE REPEATS`: samples, a whole path and its cross-validation in
//!   five contiguous folds; prints `seconds,alpha` with the chosen penalty.
//!
//! Seconds are the best of all repeats; the peak is the process's largest resident memory in MB.

use std::fs::File;
use std::io::{BufReader, Read};
use std::time::Instant;

use latentlab::gaussian::CrossValidation;
use latentlab::prelude::*;

type Outcome<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Number by number, so that the peak of memory is the fit's and not that of reading.
fn matrix(path: &str, rows: usize, columns: usize) -> Outcome<Array2<f64>> {
    let mut file = BufReader::new(File::open(path)?);
    let mut matrix = Array2::zeros((rows, columns));
    for value in &mut matrix {
        let mut bytes = [0; 8];
        file.read_exact(&mut bytes)?;
        *value = f64::from_le_bytes(bytes);
    }
    Ok(matrix)
}

/// The largest resident memory of this process so far, in MB; zero where the system does not say.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// The best time and the last result.
fn timed<T>(repeats: usize, work: impl Fn() -> latentlab::Result<T>) -> Outcome<(f64, T)> {
    let (mut best, mut last) = (f64::INFINITY, None);
    for _ in 0..repeats {
        let begin = Instant::now();
        last = Some(work()?);
        best = best.min(begin.elapsed().as_secs_f64());
    }
    Ok((best, last.ok_or("nothing was repeated")?))
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["fit", file, order, alpha, tolerance, repeats] => {
            let covariance = matrix(file, order.parse()?, order.parse()?)?;
            let lasso = GraphicalLasso::new(alpha.parse()?).tolerance(tolerance.parse()?);
            let (seconds, fit) = timed(repeats.parse()?, || lasso.fit_covariance(&covariance))?;
            let peak = peak_memory();
            let (objective, gap, steps) = (fit.objective(), fit.duality_gap(), fit.iterations());
            let (edges, parts) = (fit.edge_count(), fit.component_count());
            println!("{seconds},{objective},{gap:e},{steps},{edges},{parts},{peak}");
        }
        ["validate", file, rows, columns, points, ratio, tolerance, repeats] => {
            let samples = matrix(file, rows.parse()?, columns.parse()?)?;
            let path = GraphicalLassoPath::new(points.parse()?).ratio(ratio.parse()?);
            let path = path.tolerance(tolerance.parse()?);
            let validation = CrossValidation::new(&path).shuffle(false);
            let (seconds, validated) = timed(repeats.parse()?, || validation.fit(&samples))?;
            println!("{seconds},{}", validated.best().alpha());
        }
        _ => return Err("the arguments are described at the top of examples/glasso.rs".into()),
    }
    Ok(())
}

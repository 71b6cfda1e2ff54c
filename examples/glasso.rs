//! Fits graphical lassos for `benches/peers/glasso.py`, which makes the matrices and times other libraries on them.
//!
//! `cargo run --release --example glasso -- FOLDER` reads FOLDER/problems.csv, lines of
//! `file,order,alpha,tolerance,repeats`, with each covariance as little-endian doubles in FOLDER/file. For each it prints
//! `seconds,gap,steps,edges,components,peak`: the best time of all repeats, and the process's largest resident
//! memory so far in MB.

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use latentlab::prelude::*;

type Outcome<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn covariance(path: &Path, order: usize) -> Outcome<Array2<f64>> {
    let bytes = std::fs::read(path)?;
    let values = bytes.chunks_exact(8).map(|bytes| bytes.try_into().map(f64::from_le_bytes));
    Ok(Array2::from_shape_vec((order, order), values.collect::<std::result::Result<_, _>>()?)?)
}

/// The largest resident memory of this process so far, in MB; zero where the system does not say.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn main() -> Outcome<()> {
    let folder = std::env::args().nth(1).ok_or("a folder is needed")?;
    let folder = Path::new(&folder);
    for line in std::fs::read_to_string(folder.join("problems.csv"))?.lines() {
        let fields: Vec<&str> = line.split(',').collect();
        let [file, order, alpha, tolerance, repeats] = fields[..] else {
            return Err(format!("five fields are needed: {line}").into());
        };
        let covariance = covariance(&folder.join(file), order.parse()?)?;
        let lasso = GraphicalLasso::new(alpha.parse()?).tolerance(tolerance.parse()?);
        let mut best = f64::INFINITY;
        let mut said = String::new();
        for _ in 0..repeats.parse()? {
            let begin = Instant::now();
            let fit = lasso.fit_covariance(&covariance)?;
            best = best.min(begin.elapsed().as_secs_f64());
            let (gap, steps) = (fit.duality_gap(), fit.iterations());
            said = format!("{gap:e},{steps},{},{}", fit.edge_count(), fit.component_count());
        }
        println!("{best},{said},{}", peak_memory());
        std::io::stdout().flush()?;
    }
    Ok(())
}

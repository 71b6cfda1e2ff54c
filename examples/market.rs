//! What a market is made of: `cargo run --release --example market [FOLDER [BENCHMARK]]`. Without a folder of files, one for each
//! ticker, it is the market where `LATENTLAB_DATA` points, else a drawn one.

use std::time::Instant;

use latentlab::prelude::*;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1).map(std::path::PathBuf::from);
    let source = match arguments.next() {
        Some(folder) => MarketSource::Files { folder, benchmark: arguments.next() },
        None => MarketSource::Auto,
    };
    let start = Instant::now();
    let panel = MarketPanel::from_source(&source)?;
    println!("read in {:.2} s", start.elapsed().as_secs_f64());
    panel.show();
    for rule in [LabelRule::default(), LabelRule::SameWindow { band: Band::Fixed(0.05) }] {
        // A small market gives more examples where each share gives several.
        let windows = if panel.tickers().len() < 100 { 12 } else { 1 };
        let config =
            MarketConfig::default().rule(rule).windows(windows).scaling(ChannelScaling::PerSeries);
        let start = Instant::now();
        let examples = panel.examples(&config)?;
        let split = examples.split(0.6, 0.2, 1)?;
        println!("\nexamples in {:.2} s", start.elapsed().as_secs_f64());
        examples.show();
        split.show();
        let start = Instant::now();
        // Real series that the training part does not hold, in the place of synthetic ones: what chance alone gives.
        let report = Realism::default()
            .channel_names(MarketSet::CHANNELS)
            .labels(split.training.labels(), split.validation.labels())
            .held_out(split.test.series())
            .compare(split.training.series(), split.validation.series())?;
        println!("\ncompared in {:.2} s", start.elapsed().as_secs_f64());
        report.show();
        if let Ok(accuracy) = panel.attainable_accuracy(&config) {
            println!("\nno classifier is right more often than {accuracy:.3}");
        }
    }
    Ok(())
}

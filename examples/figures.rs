//! Draws every kind of figure into a folder, and says how long each took.
//!
//! `cargo run --release --example figures -- FOLDER [REPEATS]` writes a PNG, an SVG and a PDF of each kind, the data of all of them as
//! `data.json`, and the seconds for each PNG as `times.json`. `benches/peers/figures.py` draws the same data with
//! matplotlib and seaborn.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use latentlab::petgraph::graph::UnGraph;
use latentlab::prelude::*;
use serde_json::{Value, json};

type Outcome<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Normal random numbers from a fixed start: the same pictures everywhere.
struct Noise(u64);

impl Noise {
    fn uniform(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    fn normals(&mut self, count: usize) -> Vec<f64> {
        (0..count).map(|_| self.normal()).collect()
    }

    fn walk(&mut self, count: usize, step: f64) -> Vec<f64> {
        let mut at = 0.0;
        let mut next = || {
            at += step * self.normal();
            at
        };
        (0..count).map(|_| next()).collect()
    }
}

/// What is drawn: by name, with its data for the peer.
pub struct Case {
    /// The name of its files.
    pub name: &'static str,
    data: Value,
    /// Draws it.
    pub draw: Box<dyn Fn() -> latentlab::Result<Figure>>,
}

fn case(
    name: &'static str,
    data: Value,
    draw: impl Fn() -> latentlab::Result<Figure> + 'static,
) -> Case {
    Case { name, data, draw: Box::new(draw) }
}

fn lines(noise: &mut Noise) -> Case {
    let start = NaiveDate::from_ymd_opt(2021, 3, 1).unwrap_or_default();
    let dates: Vec<NaiveDate> = start.iter_days().take(500).collect();
    let series: Vec<Vec<f64>> = (0..3).map(|_| noise.walk(500, 0.01)).collect();
    let spread: Vec<f64> = (0..500).map(|day| 0.002 * (day as f64).sqrt()).collect();
    let around = |sign: f64| -> Vec<f64> {
        series[0].iter().zip(&spread).map(|(value, width)| value + sign * width).collect()
    };
    let (lower, upper) = (around(-1.0), around(1.0));
    let texts: Vec<String> = dates.iter().map(NaiveDate::to_string).collect();
    let data = json!({ "dates": texts, "series": series, "lower": lower, "upper": upper });
    case("line", data, move || {
        LineChart::new("Cumulative log returns")
            .dates(&dates)
            .series("AAPL", &series[0])
            .series("MSFT", &series[1])
            .series("XOM", &series[2])
            .band("AAPL", &lower, &upper)
            .level("start", 0.0)
            .y_label("log return")
            .figure()
    })
}

fn many_lines(noise: &mut Noise) -> Case {
    let series: Vec<Vec<f64>> = (0..20).map(|_| noise.normals(400)).collect();
    let data = json!({ "series": series });
    case("many_lines", data, move || {
        let chart = LineChart::new("Clipped daily log returns").x_label("day").y_label("σ");
        let add = |chart: LineChart, (index, values): (usize, &Vec<f64>)| {
            chart.series(format!("T{index:02}"), values)
        };
        series.iter().enumerate().fold(chart, add).figure()
    })
}

fn log_lines() -> Case {
    let x: Vec<f64> = (0..60).map(|step| 10_f64.powf(-3.0 + step as f64 / 15.0)).collect();
    let [one, other] =
        [0.8, 1.7].map(|power| x.iter().map(|x| 0.01 / x.powf(power) + 1e-4).collect::<Vec<_>>());
    let data = json!({ "x": x, "one": one, "other": other });
    case("log_lines", data, move || {
        LineChart::new("Duality gap over α")
            .x(&x)
            .series("first order", &one)
            .series("second order", &other)
            .log_x()
            .log_y()
            .x_label("α")
            .y_label("gap")
            .mark("chosen", 0.1)
            .figure()
    })
}

fn scatter(noise: &mut Noise) -> Case {
    let mut group = |x: f64, y: f64, slope: f64| {
        let u = noise.normals(150);
        let v = noise.normals(150);
        let xs: Vec<f64> = u.iter().map(|u| x + u).collect();
        let ys: Vec<f64> = u.iter().zip(&v).map(|(u, v)| y + slope * u + 0.5 * v).collect();
        (xs, ys)
    };
    let groups = [group(0.0, 0.0, 0.8), group(3.0, 2.0, -0.6), group(4.0, -2.0, 0.1)];
    let data = json!({ "groups": groups });
    case("scatter", data, move || {
        let plot = ScatterPlot::new("Latent codes").x_label("first code").y_label("second code");
        let names = ["three", "five", "eight"];
        let add = |plot: ScatterPlot, (name, (x, y)): (&str, &(Vec<f64>, Vec<f64>))| {
            plot.group(name, x, y)
        };
        names.into_iter().zip(&groups).fold(plot, add).ellipses(true).density(true).figure()
    })
}

fn million(noise: &mut Noise) -> Case {
    let x: Vec<f64> = noise.normals(1_000_000);
    let y: Vec<f64> = x.iter().map(|x| 0.5 * x * x + noise.normal()).collect();
    case("scatter_million", json!({ "generated": 1_000_000 }), move || {
        ScatterPlot::new("A million points").points(&x, &y).x_label("x").y_label("y").figure()
    })
}

fn bars() -> Case {
    let each = vec![0.412, 0.187, 0.121, 0.083, 0.061, 0.048, 0.035, 0.021];
    let mut sum = 0.0;
    let mut add = |share: &f64| {
        sum += share;
        sum
    };
    let together: Vec<f64> = each.iter().map(&mut add).collect();
    let data = json!({ "each": each, "together": together });
    case("bar", data, move || {
        BarChart::new("Explained variance")
            .categories((1..=8).map(|index| format!("PC {index}")))
            .bars("each", &each)
            .line("cumulative", &together)
            .y_label("share of variance")
            .figure()
    })
}

fn histogram(noise: &mut Noise) -> Case {
    let one = noise.normals(2000);
    let other: Vec<f64> = noise.normals(1500).iter().map(|value| 1.5 + 0.6 * value).collect();
    let data = json!({ "one": one, "other": other });
    case("histogram", data, move || {
        Histogram::new("Standardised returns")
            .sample("calm", &one)
            .sample("stressed", &other)
            .density(true)
            .x_label("return in σ")
            .figure()
    })
}

fn correlation(noise: &mut Noise) -> Array2<f64> {
    let factors: Vec<Vec<f64>> = (0..5).map(|_| noise.normals(300)).collect();
    let columns: Vec<Vec<f64>> = (0..20)
        .map(|index| {
            factors[index % 5].iter().map(|f| f + 0.9 * noise.normal()).collect::<Vec<f64>>()
        })
        .collect();
    let product =
        |one: &[f64], other: &[f64]| one.iter().zip(other).map(|(a, b)| a * b).sum::<f64>();
    Array2::from_shape_fn((20, 20), |(row, column)| {
        let (a, b) = (&columns[row], &columns[column]);
        product(a, b) / (product(a, a) * product(b, b)).sqrt()
    })
}

fn rows(matrix: &Array2<f64>) -> Vec<Vec<f64>> {
    matrix.rows().into_iter().map(|row| row.to_vec()).collect()
}

fn heat_map(noise: &mut Noise) -> Case {
    let matrix = correlation(noise);
    let names: Vec<String> = (0..20).map(|index| format!("S{}·{:02}", index % 5, index)).collect();
    let data = json!({ "matrix": rows(&matrix), "names": names });
    case("heat_map", data, move || {
        HeatMap::new("Correlations, clustered order", &matrix)
            .labels(&names)
            .clustered(true)
            .figure()
    })
}

fn numbered(noise: &mut Noise) -> Case {
    let matrix = Array2::from_shape_fn((6, 8), |_| noise.normal());
    let data = json!({ "matrix": rows(&matrix) });
    case("heat_map_numbers", data, move || {
        HeatMap::new("Loadings", &matrix)
            .row_labels((1..=6).map(|index| format!("asset {index}")))
            .column_labels((1..=8).map(|index| format!("f{index}")))
            .x_label("factor")
            .figure()
    })
}

/// Blobs that move with a number: something with light, shade and edges.
fn face(step: f64) -> Vec<f64> {
    let level = |row: f64, column: f64| {
        let oval = ((row - 0.5) / 0.42).powi(2) + ((column - 0.5) / 0.32).powi(2);
        let eye = |at: f64| (-((row - 0.42).powi(2) + (column - at).powi(2)) / 0.002).exp();
        let bend = 0.74 - step * (column - 0.5).powi(2) * 2.0;
        let mouth = (-(row - bend).powi(2) / 0.0008).exp() * (-(column - 0.5).powi(2) / 0.02).exp();
        let skin = if oval < 1.0 { 0.85 - 0.2 * oval } else { 0.15 + 0.1 * column };
        (skin - 0.7 * (eye(0.38) + eye(0.62) + mouth)).clamp(0.0, 1.0)
    };
    let place = |index: usize| (index as f64 + 0.5) / 45.0;
    (0..45 * 45).map(|at| level(place(at / 45), place(at % 45))).collect()
}

fn stack(images: &[Vec<f64>]) -> Tensor {
    let flat: Vec<f32> = images.iter().flatten().map(|level| *level as f32).collect();
    Tensor::from_slice(&flat).view([images.len() as i64, 45, 45])
}

fn gallery(noise: &mut Noise) -> [Case; 3] {
    let faces: Vec<Vec<f64>> = (0..16).map(|_| face(noise.normal())).collect();
    let blurred: Vec<Vec<f64>> = faces
        .iter()
        .map(|face| {
            let at = |index: usize| face[index.min(45 * 45 - 1)];
            (0..45 * 45).map(|i| (at(i) + at(i + 1) + at(i + 45) + at(i + 46)) / 4.0).collect()
        })
        .collect();
    let frames: Vec<Vec<f64>> = (0..8).map(|step| face(-1.0 + step as f64 / 3.5)).collect();
    let alphas: Vec<String> = (0..8)
        .map(|step| format!("α = {:.2}", -1.0 + step as f64 / 3.5).replace('-', "−"))
        .collect();
    let (images, copies, strip) = (stack(&faces), stack(&blurred), stack(&frames));
    let titles: Vec<String> = (1..=16).map(|index| format!("person {index}")).collect();
    let halves = [images.narrow(0, 0, 8), copies.narrow(0, 0, 8)];
    [
        case("gallery", json!({ "images": faces, "titles": titles }), move || {
            ImageGallery::new("Drawn faces").images(&images).titles(&titles).figure()
        }),
        case("pairs", json!({ "originals": faces[..8], "copies": blurred[..8] }), move || {
            ImageGallery::new("Reconstructions").pairs(&halves[0], &halves[1]).figure()
        }),
        case("strip", json!({ "images": frames, "titles": alphas }), move || {
            ImageGallery::new("Along the smile vector").images(&strip).titles(&alphas).figure()
        }),
    ]
}

fn network(noise: &mut Noise) -> Case {
    let mut graph = UnGraph::<String, f64>::new_undirected();
    let nodes: Vec<_> = (0..20).map(|index| graph.add_node(format!("T{index:02}"))).collect();
    let mut edges = Vec::new();
    for one in 0..20 {
        for other in 0..one {
            let near = if one % 4 == other % 4 { 0.75 } else { 0.05 };
            if noise.uniform() < near {
                let weight =
                    0.1 + 0.3 * noise.uniform() - if noise.uniform() < 0.25 { 0.5 } else { 0.0 };
                graph.add_edge(nodes[one], nodes[other], weight);
                edges.push((one, other, weight));
            }
        }
    }
    let data = json!({ "edges": edges });
    case("network", data, move || {
        NetworkDiagram::new("Conditional dependence", &graph)
            .groups((0..20).map(|index| ["Energy", "Health", "Tech", "Banks"][index % 4]))
            .figure()
    })
}

fn confusion(noise: &mut Noise) -> Case {
    let truth: Vec<usize> = (0..400).map(|index| index % 3).collect();
    let predicted: Vec<usize> = truth
        .iter()
        .map(|class| if noise.uniform() < 0.7 { *class } else { (class + 1) % 3 })
        .collect();
    let data = json!({ "truth": truth, "predicted": predicted });
    case("confusion", data, move || {
        ConfusionMatrix::new("Test part", &truth, &predicted, ["under", "neutral", "over"])?
            .figure()
    })
}

fn learning(noise: &mut Noise) -> Case {
    let curve = |floor: f64, rise: f64, noise: &mut Noise| -> Vec<f64> {
        (0..60)
            .map(f64::from)
            .map(|epoch| floor + (-epoch / 9.0).exp() + rise * epoch + 0.008 * noise.normal())
            .collect()
    };
    let (train, validation) = (curve(0.15, 0.0, noise), curve(0.22, 0.002, noise));
    let data = json!({ "train": train, "validation": validation });
    case("learning", data, move || {
        LearningCurves::new("Variational autoencoder")
            .train(&train)
            .validation(&validation)
            .figure()
    })
}

fn spreads(noise: &mut Noise) -> [Case; 2] {
    let names = ["baseline", "batch norm", "dropout", "all of it"];
    let mut sample = |count: usize, index: usize| -> Vec<f64> {
        let shift = 0.6 + 0.03 * index as f64;
        noise.normals(count).iter().map(|value| shift + 0.02 * value).collect()
    };
    let few: Vec<Vec<f64>> = (0..4).map(|index| sample(40, index)).collect();
    let many: Vec<Vec<f64>> = (0..4).map(|index| sample(200, index)).collect();
    let data =
        [json!({ "names": names, "samples": few }), json!({ "names": names, "samples": many })];
    let plot = move |title: &'static str, samples: Vec<Vec<f64>>, violins: bool| {
        move || {
            let plot = BoxPlot::new(title).y_label("macro F1").violins(violins);
            let add = |plot: BoxPlot, (name, values): (&str, &Vec<f64>)| plot.sample(name, values);
            names.into_iter().zip(&samples).fold(plot, add).figure()
        }
    };
    let [boxes, violins] = data;
    [
        case("box", boxes, plot("F1 over 40 runs", few, false)),
        case("violin", violins, plot("F1 over 200 runs", many, true)),
    ]
}

fn subplots(noise: &mut Noise) -> Case {
    let runs: Vec<Vec<f64>> =
        (0..4).map(|index| noise.walk(300, 0.01 * f64::from(index + 1))).collect();
    let data = json!({ "runs": runs });
    case("subplots", data, move || {
        let grid = Subplots::new("Four volatilities, one scale")
            .columns(2)
            .share_y(true)
            .chart_size(360.0, 220.0);
        let add = |grid: Subplots, (index, run): (usize, &Vec<f64>)| {
            grid.chart(
                LineChart::new(format!("σ = {} %", index + 1)).series("value", run).y_label(""),
            )
        };
        runs.iter().enumerate().fold(grid, add).figure()
    })
}

/// Every kind of figure.
pub fn cases() -> Vec<Case> {
    let noise = &mut Noise(20_260_101);
    let mut cases = vec![
        lines(noise),
        many_lines(noise),
        log_lines(),
        scatter(noise),
        million(noise),
        bars(),
        histogram(noise),
        heat_map(noise),
        numbered(noise),
        network(noise),
        confusion(noise),
        learning(noise),
        subplots(noise),
    ];
    cases.extend(gallery(noise));
    cases.extend(spreads(noise));
    cases
}

fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> Outcome<()> {
    Ok(std::fs::write(folder.join(name), content)?)
}

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| "out/figures".into()));
    let repeats: usize = arguments.next().map_or(Ok(1), |text| text.parse())?;
    std::fs::create_dir_all(&folder)?;
    let mut times: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    let mut data = serde_json::Map::new();
    for case in cases() {
        for _ in 0..repeats.max(1) {
            let start = Instant::now();
            let png = (case.draw)()?.png()?;
            times.entry(case.name).or_default().push(start.elapsed().as_secs_f64());
            write(&folder, &format!("{}.png", case.name), png)?;
        }
        write(&folder, &format!("{}.svg", case.name), (case.draw)()?.svg()?)?;
        write(&folder, &format!("{}.pdf", case.name), (case.draw)()?.pdf()?)?;
        data.insert(case.name.into(), case.data);
    }
    write(&folder, "data.json", serde_json::to_vec(&data)?)?;
    write(&folder, "times.json", serde_json::to_vec(&times)?)?;
    for (name, seconds) in &times {
        println!("{name:<20} {:.4} s", seconds.iter().copied().fold(f64::INFINITY, f64::min));
    }
    Ok(())
}

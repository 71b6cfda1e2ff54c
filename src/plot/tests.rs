//! What holds for every kind of figure, over random inputs.

use ndarray::Array3;
use proptest::prelude::*;

use super::canvas::faults;
use super::*;

/// Numbers of any size around any middle, with a few that are missing.
fn numbers(most: usize) -> impl Strategy<Value = Vec<f64>> {
    let spread = (-9.0..9.0_f64).prop_map(|power| 10_f64.powf(power));
    let shares = prop::collection::vec((-1.0..1.0_f64, 0..20_u8), 1..most);
    (spread, -1e3..1e3_f64, shares).prop_map(|(spread, middle, shares)| {
        let place = |(share, dice): (f64, u8)| match dice {
            0 => f64::NAN,
            1 => f64::INFINITY,
            _ => middle + spread * share,
        };
        let mut all: Vec<f64> = shares.into_iter().map(place).collect();
        // One of them can always be drawn.
        all[0] = middle;
        all
    })
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{1,6}", "[A-Z][a-z]{3,20} [a-z]{3,20}", "[Wmα]{1,60}", Just(String::new())]
}

fn check(figure: Result<Figure>) -> Result<(), TestCaseError> {
    let fail = |error: crate::Error| TestCaseError::fail(error.to_string());
    let found = faults(&figure.map_err(fail)?).map_err(fail)?;
    prop_assert_eq!(found, Vec::<String>::new());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn scatter_plots_keep_their_place(x in numbers(60), y in numbers(60), name in words(), log: bool) {
        let count = x.len().min(y.len());
        let mut plot = ScatterPlot::new(&*name).x_label(&*name).y_label(&*name).ellipses(true).density(true);
        if log && x[0] > 0.0 && y[0] > 0.0 {
            plot = plot.log_x().log_y();
        }
        check(plot.group(&*name, &x[..count], &y[..count]).group("other", [x[0]], [y[0]]).figure())?;
    }

    #[test]
    fn bar_charts_keep_their_place(heights in numbers(70), name in words(), line: bool, width in 240.0..900.0_f64) {
        let categories: Vec<String> = (0..heights.len()).map(|i| format!("{name}{i}")).collect();
        let mut chart = BarChart::new(&*name).categories(&categories).bars("bars", &heights).size(width, 300.0);
        if line {
            chart = chart.line(&*name, &heights).level(&*name, heights[0]);
        }
        check(chart.figure())?;
    }

    #[test]
    fn histograms_keep_their_place(one in numbers(300), other in numbers(300), density: bool, name in words()) {
        check(Histogram::new(&*name).sample(&*name, &one).density(density).figure())?;
        check(Histogram::new("Two").sample("one", &one).sample(&*name, &other).density(density).figure())?;
    }

    #[test]
    fn boxes_keep_their_place(one in numbers(80), other in numbers(8), name in words(), violins: bool) {
        let plot = BoxPlot::new(&*name).y_label(&*name).violins(violins);
        check(plot.sample(&*name, &one).sample("other", &other).figure())?;
    }

    #[test]
    fn learning_curves_keep_their_place(train in numbers(200), validation in numbers(200), name in words()) {
        check(LearningCurves::new(&*name).train(&train).validation(&validation).figure())?;
        check(LearningCurves::new("").curve(&*name, &train).figure())?;
    }

    #[test]
    fn confusion_matrices_keep_their_place(cases in prop::collection::vec((0..5_usize, 0..5_usize), 1..200), name in words()) {
        let (truth, predicted): (Vec<usize>, Vec<usize>) = cases.into_iter().unzip();
        let classes = (0..5).map(|class| format!("{name}{class}"));
        check(ConfusionMatrix::new(&*name, &truth, &predicted, classes).and_then(|m| m.figure()))?;
    }

    #[test]
    fn galleries_keep_their_place(count in 1_usize..30, side in 1_usize..80, columns in 1_usize..12, name in words()) {
        let images = Array3::from_shape_fn((count, side, side + 3), |(i, r, c)| (i + r * c) as f64);
        let titles = (0..count).map(|i| format!("{name}{i}"));
        let gallery = ImageGallery::new(&*name).images(&images).titles(titles).columns(columns);
        check(gallery.row_titles([&*name]).figure())?;
    }

    #[test]
    fn bands_and_ranges_keep_their_place(values in numbers(200), name in words(), low in -10.0..0.0_f64) {
        let below: Vec<f64> = values.iter().map(|value| value - 1.0).collect();
        let chart = LineChart::new(&*name).series("a", &values).band(&*name, &below, &values).level(&*name, 0.5);
        check(chart.clone().figure())?;
        check(chart.x_range(low, 7.5).y_range(low, 3.0).figure())?;
    }

    #[test]
    fn neighbours_share_axes_and_keep_apart(one in numbers(50), other in numbers(50), columns in 1_usize..4, share: bool) {
        let grid = Subplots::new("A grid of charts")
            .columns(columns)
            .share_x(share)
            .share_y(share)
            .chart_size(300.0, 220.0)
            .chart(LineChart::new("First").series("a", &one).series("b", &one))
            .chart(BarChart::new("Second").bars("a", &other))
            .chart(HeatMap::new("Third", ndarray::Array2::<f64>::eye(4)));
        check(grid.figure())?;
    }
}

#[test]
fn empty_input_names_the_figure_and_what_to_do() {
    let problems = [
        LineChart::new("F").figure(),
        ScatterPlot::new("F").figure(),
        BarChart::new("F").figure(),
        Histogram::new("F").figure(),
        BoxPlot::new("F").figure(),
        LearningCurves::new("F").figure(),
        ImageGallery::new("F").figure(),
        Subplots::new("F").figure(),
    ];
    for problem in problems {
        let message = problem.map(|figure| figure.description()).map_err(|error| error.to_string());
        assert!(
            message.as_ref().is_err_and(|m| m.contains("\"F\"") && m.contains("add")),
            "{message:?}"
        );
    }
    let nothing = [f64::NAN, f64::INFINITY];
    for problem in [
        LineChart::new("F").series("a", nothing).figure(),
        ScatterPlot::new("F").points(nothing, nothing).figure(),
        BarChart::new("F").bars("a", nothing).figure(),
        Histogram::new("F").sample("a", nothing).figure(),
        BoxPlot::new("F").sample("a", nothing).figure(),
        LearningCurves::new("F").train(nothing).figure(),
    ] {
        assert!(problem.is_err_and(|error| error.to_string().contains("no finite value")));
    }
}

#[test]
fn axes_reach_lines_of_reference_unless_their_ends_are_given() -> crate::Result<()> {
    let dashes = |figure: Result<Figure>| -> crate::Result<usize> {
        let faint = |mark: &&canvas::Mark| matches!(mark, canvas::Mark::Line { color, .. } if *color == style::FAINT_TEXT);
        Ok(figure?.marks().iter().filter(faint).count())
    };
    let bars = || BarChart::new("Returns").bars("trader", [0.1, -0.02]);
    let dots = || ScatterPlot::new("Codes").group("codes", [1.0, 2.0], [3.0, 4.0]);
    // A panel of 500 by 300 pixels holds dozens of dashes; the legend's sample three.
    assert!(dashes(bars().level("best", 0.4).figure())? > 30);
    assert!(dashes(bars().level("loss", -0.4).figure())? > 30);
    assert!(dashes(dots().level("above", 9.0).mark("left", -5.0).figure())? > 60);
    let given = dots().level("above", 9.0).mark("left", -5.0).x_range(0.0, 3.0).y_range(0.0, 5.0);
    assert!(dashes(given.figure())? < 10);
    // What no axis can show leaves the chart as it is, and lines alone make none.
    assert!(dashes(dots().level("nowhere", f64::NAN).log_y().level("zero", 0.0).figure())? < 10);
    assert!(BarChart::new("F").bars("a", [f64::NAN]).level("one", 1.0).figure().is_err());
    let limits = bars().level("best", 0.4).limits()?;
    assert!(limits.is_some_and(|[_, [low, high]]| low < 0.0 && high > 0.4));
    Ok(())
}

#[test]
fn shared_axes_have_the_same_ticks() -> crate::Result<()> {
    let chart = |title: &str, values: [f64; 2]| LineChart::new(title).series("a", values);
    let one = chart("One", [0.0, 1.0]).limits()?;
    let shared = Subplots::new("")
        .share_y(true)
        .chart(chart("One", [0.0, 1.0]))
        .chart(chart("Two", [0.0, 100.0]))
        .figure()?;
    let labels = |figure: &Figure| figure.svg().map(|svg| svg.matches(">\n100\n<").count());
    assert_eq!(labels(&shared)?, 2);
    assert!(one.is_some_and(|[_, [low, high]]| low < 0.0 && high < 2.0));
    Ok(())
}

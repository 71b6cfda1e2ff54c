use proptest::prelude::*;

use super::*;
use crate::plot::Figure;
use crate::plot::canvas::{Mark, faults};
use crate::plot::style::GRID;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn nothing_leaves_the_figure_and_no_text_covers_another(
        series in 1_usize..40,
        points in 1_usize..80,
        exponent in -12..12,
        days in 1_u64..400,
        dated: bool,
        log_y: bool,
    ) {
        let start = NaiveDate::from_ymd_opt(1999, 11, 30).unwrap_or_default();
        let dates = (0..points as u64).map(|i| start + chrono::Days::new(i * days / 7));
        let mut chart = LineChart::new("A title of some length over the chart").y_label("y").x_label("x");
        if dated {
            chart = chart.dates(dates);
        }
        if log_y {
            chart = chart.log_y();
        }
        for index in 0..series {
            let height = |i: usize| (1.1 + ((i * (index + 3)) as f64).sin()) * 10_f64.powi(exponent);
            chart = chart.series(format!("series {index}"), (0..points).map(height));
        }
        let faults = faults(&chart.figure().map_err(|e| TestCaseError::fail(e.to_string()))?);
        prop_assert_eq!(faults.map_err(|e| TestCaseError::fail(e.to_string()))?, Vec::<String>::new());
    }
}

#[test]
fn missing_values_split_the_line_and_lonely_ones_are_dots() -> Result<()> {
    let nan = f64::NAN;
    let figure =
        LineChart::new("Gaps").series("a", [1.0, 2.0, nan, 3.0, nan, 4.0, 5.0]).figure()?;
    let color = category(0);
    let lines =
        figure.marks().iter().filter(|m| matches!(m, Mark::Line { color: c, .. } if *c == color));
    let dots = figure.marks().iter().filter(|m| matches!(m, Mark::Disc { .. }));
    assert_eq!((lines.count(), dots.count()), (2, 1));
    assert!(figure.description().contains("2 missing values leave gaps (a 2)"));
    Ok(())
}

#[test]
fn twenty_series_of_eight_thousand_days_stay_small() -> Result<()> {
    let mut chart = LineChart::new("Returns");
    for index in 0..20_u64 {
        let mut state = index + 1;
        let noise = (0..8000).map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 40) as f64
        });
        chart = chart.series(format!("T{index}"), noise);
    }
    let figure = chart.figure()?;
    assert!(figure.svg()?.len() < 300_000);
    assert!(figure.png()?.len() < 300_000);
    Ok(())
}

#[test]
fn input_that_does_not_fit_is_named() {
    let message =
        |chart: LineChart| chart.figure().map_or_else(|e| e.to_string(), |_| String::new());
    let new = || LineChart::new("T");
    assert!(message(new()).starts_with("Line chart \"T\": no series"));
    assert!(message(new().x([1.0]).series("a", [1.0, 2.0])).contains("2 values for 1 positions"));
    assert!(message(new().x([f64::NAN]).series("a", [1.0])).contains("position 0 is NaN"));
    assert!(message(new().series("a", [f64::NAN])).contains("no finite value"));
    assert!(message(new().series("a", [-1.0]).log_y()).contains("no positive value"));
    assert!(message(new().series("a", [-1.7e308, 1.7e308])).contains("1e300"));
    assert!(message(new().series("a", [1.0]).size(10.0, f64::NAN)).contains("160 × 120"));
}

#[test]
fn dates_in_falling_order_draw_the_same_panel() -> Result<()> {
    let start = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap_or_default();
    let dates: Vec<NaiveDate> = start.iter_days().take(30).collect();
    let values: Vec<f64> = (0..30).map(f64::from).collect();
    let forward = LineChart::new("T").dates(&dates).series("a", &values).figure()?;
    let backward =
        LineChart::new("T").dates(dates.iter().rev()).series("a", values.iter().rev()).figure()?;
    let grid = |figure: &Figure| -> Vec<Mark> {
        let is_grid = |m: &&Mark| matches!(m, Mark::Line { color, .. } if *color == GRID);
        figure.marks().iter().filter(is_grid).cloned().collect()
    };
    assert_eq!(grid(&forward), grid(&backward));
    Ok(())
}

use proptest::prelude::*;

use super::*;
use crate::plot::canvas::{Mark, faults};
use crate::plot::style::{MISSING, WHITE};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn nothing_leaves_the_figure_and_no_text_covers_another(
        rows in 1_usize..90,
        columns in 1_usize..90,
        exponent in -12..12,
        letters in 1_usize..40,
        named: bool,
    ) {
        let value = |(row, column): (usize, usize)| ((row * 7 + column * 3) as f64).sin() * 10_f64.powi(exponent);
        let mut map = HeatMap::new("A title over the matrix", Array2::from_shape_fn((rows, columns), value));
        if named {
            let name = |index: usize| format!("{index}{}", "W".repeat(letters));
            map = map.row_labels((0..rows).map(name)).column_labels((0..columns).map(name));
        }
        let faults = map.figure().and_then(|figure| faults(&figure));
        prop_assert_eq!(faults.map_err(|e| TestCaseError::fail(e.to_string()))?, Vec::<String>::new());
    }
}

fn cell_colors(figure: &Figure) -> Vec<[u8; 3]> {
    let color = |mark: &Mark| match mark {
        Mark::Rectangle { color, .. } => Some(color.rgb),
        _ => None,
    };
    figure.marks().iter().filter_map(color).collect()
}

#[test]
fn mixed_signs_get_a_symmetric_range_with_white_at_zero() -> Result<()> {
    let matrix = ndarray::array![[0.0, -1.0], [4.0, 2.0]];
    let figure = HeatMap::new("T", &matrix).figure()?;
    let expected = [0.5, 0.375, 1.0, 0.75].map(|share| ColorMap::RdBu.color(share));
    assert_eq!(cell_colors(&figure), expected);
    Ok(())
}

#[test]
fn hidden_diagonal_and_missing_entries_stay_out_of_the_range() -> Result<()> {
    let matrix = ndarray::array![[90.0, 1.0, 3.0], [1.0, 90.0, f64::NAN], [3.0, 2.0, 90.0]];
    let figure = HeatMap::new("T", &matrix).hide_diagonal(true).figure()?;
    let text = figure.description();
    assert!(text.contains("from 1 to 3; diagonal hidden; 1 missing entry is grey"), "{text}");
    let colors = cell_colors(&figure);
    assert_eq!((colors[0], colors[5]), (WHITE.rgb, MISSING.rgb));
    assert_eq!(colors[2], ColorMap::Viridis.color(1.0));
    Ok(())
}

#[test]
fn large_matrices_become_one_image_and_keep_their_strongest_entries() -> Result<()> {
    let mut matrix = Array2::zeros((2400, 2400));
    matrix[[2398, 1]] = -1.0;
    matrix[[0, 0]] = 0.5;
    let figure = HeatMap::new("T", &matrix).figure()?;
    let image = figure.marks().iter().find_map(|mark| match mark {
        Mark::Image { columns, pixels, .. } => Some((*columns, pixels)),
        _ => None,
    });
    let (columns, pixels) = image.ok_or_else(|| map_error("no image"))?;
    assert_eq!((columns, pixels.len()), (800, 800 * 800));
    assert_eq!(pixels[799 * 800][..3], ColorMap::RdBu.color(0.0));
    assert!(figure.svg()?.contains("data:image/png;base64,"));
    Ok(())
}

fn map_error(problem: &str) -> Error {
    HeatMap::new("T", Array2::<f64>::eye(1)).error(problem)
}

#[test]
fn input_that_does_not_fit_is_named() {
    let message = |map: HeatMap| map.figure().map_or_else(|e| e.to_string(), |_| String::new());
    let new = |rows, columns, value| HeatMap::new("T", Array2::from_elem((rows, columns), value));
    assert!(message(new(0, 3, 1.0)).starts_with("Heat map \"T\": the matrix is empty (0 × 3)"));
    assert!(message(new(2, 2, f64::NAN)).contains("no finite entry"));
    assert!(message(new(2, 3, 1.0).hide_diagonal(true)).contains("2 × 3"));
    assert!(message(new(2, 2, 1.0).range(1.0, 1.0)).contains("increase"));
    assert!(message(new(2, 2, 1.0).labels(["a"])).contains("1 row labels for 2 rows"));
    assert!(message(new(90, 90, 1.0).size(160.0, 120.0).labels(0..90)).is_empty());
    let long = vec!["a long name without end"; 9];
    assert!(message(new(9, 9, 1.0).size(160.0, 120.0).labels(long)).contains("no room"));
}

#[test]
fn constant_matrices_have_a_picture() {
    for value in [0.0, 5.0, -5.0] {
        assert!(HeatMap::new("T", Array2::from_elem((2, 2), value)).figure().is_ok());
    }
    assert!(HeatMap::new("T", Array2::<f64>::eye(1)).hide_diagonal(true).figure().is_ok());
}

#[test]
fn a_diverging_map_puts_zero_in_its_middle() -> Result<()> {
    let negative = ndarray::array![[0.0, -0.4], [-0.2, 0.0]];
    let text = |map: HeatMap| Ok::<_, crate::Error>(map.figure()?.description().to_owned());
    let plain = text(HeatMap::new("m", &negative))?;
    assert!(plain.contains("from −0.4 to 0"), "{plain}");
    let diverging = text(HeatMap::new("m", &negative).color_map(ColorMap::RdBu))?;
    assert!(diverging.contains("from −0.4 to 0.4"), "{diverging}");
    Ok(())
}

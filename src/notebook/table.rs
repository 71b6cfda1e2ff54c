//! Polars frames as HTML tables.

use std::fmt::Write;

use polars::prelude::{AnyValue, Column, DataFrame};

use super::Rich;

/// Rows shown of a long frame: this many from each end.
const ROWS_AT_EACH_END: usize = 10;

/// A frame as an HTML table: header with dtypes, numbers aligned right, missing values marked, and a
/// long frame cut in the middle with its true size underneath.
///
/// # Example
/// ```
/// use polars::prelude::*;
///
/// let frame = df!["ticker" => ["A&B", "T"], "close" => [1.5, 2.25]]?;
/// let html = latentlab::notebook::frame_html(&frame);
/// assert!(html.contains("A&amp;B") && html.contains("2.25"));
/// # Ok::<(), PolarsError>(())
/// ```
pub fn frame_html(frame: &DataFrame) -> String {
    let mut html = String::from(
        "<div style=\"overflow-x:auto\"><table class=\"dataframe\" \
         style=\"border-collapse:collapse;font-variant-numeric:tabular-nums\">\n<thead>\n<tr>",
    );
    for column in frame.columns() {
        let _infallible = write!(
            html,
            "<th style=\"text-align:{}\">{}<br><small style=\"font-weight:normal;opacity:.6\">{}</small></th>",
            alignment(column),
            escape(column.name()),
            escape(&column.dtype().to_string()),
        );
    }
    html.push_str("</tr>\n</thead>\n<tbody>\n");
    let height = frame.height();
    let cut = height > 2 * ROWS_AT_EACH_END + 1;
    for row in 0..height {
        if cut && row == ROWS_AT_EACH_END {
            html.push_str("<tr>");
            html.push_str(&"<td style=\"text-align:center\">⋮</td>".repeat(frame.width()));
            html.push_str("</tr>\n");
        }
        if cut && (ROWS_AT_EACH_END..height - ROWS_AT_EACH_END).contains(&row) {
            continue;
        }
        push_row(&mut html, frame, row);
    }
    let _infallible = write!(
        html,
        "</tbody>\n</table>\n<small style=\"opacity:.6\">{height} rows × {} columns</small></div>",
        frame.width()
    );
    html
}

/// A frame under a line that says what it is; where the frame could not be made, the reason instead.
pub(crate) fn titled_frame(title: &str, frame: crate::Result<DataFrame>) -> Rich {
    match frame {
        Ok(frame) => Rich::text(format!("{title}\n{frame}")).html(format!(
            "<p><b>{}</b></p>\n{}",
            escape(title),
            frame_html(&frame)
        )),
        Err(error) => Rich::text(format!("{title}\nerror: {error}")),
    }
}

fn push_row(html: &mut String, frame: &DataFrame, row: usize) {
    html.push_str("<tr>");
    for column in frame.columns() {
        let cell = match column.get(row) {
            Ok(AnyValue::Null) | Err(_) => "<span style=\"opacity:.4\">–</span>".to_owned(),
            Ok(value) => escape(&cell_text(&value)),
        };
        let _infallible = write!(
            html,
            "<td style=\"text-align:{};white-space:nowrap\">{cell}</td>",
            alignment(column)
        );
    }
    html.push_str("</tr>\n");
}

fn alignment(column: &Column) -> &'static str {
    if column.dtype().is_primitive_numeric() { "right" } else { "left" }
}

/// Numbers in as few digits as tell them apart on a page: six significant ones for floats.
fn cell_text(value: &AnyValue) -> String {
    match value {
        AnyValue::Float64(number) => significant(*number),
        AnyValue::Float32(number) => significant(f64::from(*number)),
        AnyValue::String(text) => (*text).to_owned(),
        AnyValue::StringOwned(text) => text.to_string(),
        other => other.to_string(),
    }
}

fn significant(number: f64) -> String {
    if !number.is_finite() {
        return number.to_string();
    }
    if number == 0.0 {
        return "0".into();
    }
    let magnitude = number.abs().log10().floor() as i32;
    if !(-5..9).contains(&magnitude) {
        return format!("{number:.4e}");
    }
    let decimals = (5 - magnitude).max(0) as usize;
    let fixed = format!("{number:.decimals$}");
    if fixed.contains('.') {
        fixed.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        fixed
    }
}

/// Makes text safe inside an HTML element or a quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use polars::prelude::*;

    use super::*;

    #[test]
    fn long_frames_are_cut_in_the_middle() -> PolarsResult<()> {
        let frame = df!["row" => (0..100).collect::<Vec<i32>>()]?;
        let html = frame_html(&frame);
        assert!(html.contains("<td style=\"text-align:right;white-space:nowrap\">9</td>"));
        assert!(!html.contains("<td style=\"text-align:right;white-space:nowrap\">10</td>"));
        assert!(html.contains("<td style=\"text-align:right;white-space:nowrap\">90</td>"));
        assert!(html.contains("100 rows × 1 columns"));
        Ok(())
    }

    #[test]
    fn hostile_text_stays_text() -> PolarsResult<()> {
        let html = frame_html(&df!["<script>" => ["<img src=x onerror=\"y\">"]]?);
        assert!(!html.contains("<script") && !html.contains("<img"));
        Ok(())
    }

    #[test]
    fn missing_values_are_marked() -> PolarsResult<()> {
        let html = frame_html(&df!["close" => [Some(1.0), None]]?);
        assert!(html.contains("–</span>"));
        Ok(())
    }

    #[test]
    fn floats_keep_six_significant_digits() {
        assert_eq!(significant(0.123_456_789), "0.123457");
        assert_eq!(significant(1234.5), "1234.5");
        assert_eq!(significant(123_456_789.0), "123456789");
        assert_eq!(significant(-2.0), "-2");
        assert_eq!(significant(1e-9), "1.0000e-9");
        assert_eq!(significant(f64::NAN), "NaN");
    }
}

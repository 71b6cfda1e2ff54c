//! What every chart with two axes can be told about them.

use super::figure::refused;
use super::style::DEFAULT_SIZE;
use crate::{Error, Result};

/// A dashed line across a whole panel.
#[derive(Clone, Debug)]
pub(crate) struct ReferenceLine {
    pub(crate) name: String,
    pub(crate) at: f64,
    pub(crate) upright: bool,
}

/// The options of a chart's axes.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) title: String,
    pub(crate) x_label: String,
    /// A chart may have a word of its own where none is given.
    pub(crate) y_label: Option<String>,
    pub(crate) log_x: bool,
    pub(crate) log_y: bool,
    pub(crate) x_range: Option<[f64; 2]>,
    pub(crate) y_range: Option<[f64; 2]>,
    pub(crate) references: Vec<ReferenceLine>,
    pub(crate) size: [f64; 2],
}

impl Options {
    pub(crate) fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            x_label: String::new(),
            y_label: None,
            log_x: false,
            log_y: false,
            x_range: None,
            y_range: None,
            references: Vec::new(),
            size: DEFAULT_SIZE,
        }
    }

    /// The options as a neighbour in a grid of charts wants them.
    pub(crate) fn with(&self, request: &Request) -> Self {
        let mut options = self.clone();
        options.size = request.size.unwrap_or(self.size);
        options.x_range = self.x_range.or(request.x_range);
        options.y_range = self.y_range.or(request.y_range);
        options
    }

    /// Refuses what no axis can show.
    pub(crate) fn check(&self, kind: &str) -> Result<()> {
        super::check_size(self.size).map_err(|problem| self.error(kind, problem))?;
        for (axis, range, log) in [("x", self.x_range, self.log_x), ("y", self.y_range, self.log_y)]
        {
            let Some([low, high]) = range else { continue };
            if !(low < high && low.abs() <= 1e300 && high.abs() <= 1e300) {
                let problem =
                    format!("the {axis} range from {low} to {high} must be finite and increase");
                return Err(self.error(kind, problem));
            }
            if log && low <= 0.0 {
                let problem = format!(
                    "the {axis} range begins at {low}; a logarithmic axis shows positive numbers only"
                );
                return Err(self.error(kind, problem));
            }
        }
        Ok(())
    }

    pub(crate) fn error(&self, kind: &str, problem: impl Into<String>) -> Error {
        refused(kind, &self.title, problem)
    }
}

/// How a chart is drawn as a part of something larger; everything it leaves open is the chart's own choice.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub(crate) size: Option<[f64; 2]>,
    pub(crate) x_range: Option<[f64; 2]>,
    pub(crate) y_range: Option<[f64; 2]>,
}

/// Adds to a builder what all charts with two axes have: the methods for their options, `figure`, and the traits
/// that draw, show and inspect them. The example is a chart as an expression. The builder has
///
/// - a constant `KIND` beside it, and a field `options`;
/// - `fn chart<'a>(&'a self, options: &'a Options) -> Result<Chart<'a>>`, which gets options that are
///   [checked](Options::check);
/// - `fn contents(&self) -> (String, usize)`: what it is made of, in words, and the bytes of its numbers.
macro_rules! axis_options {
    ($builder:ident, $example:literal) => {
        impl $builder {
            #[doc = "Words under the horizontal axis."]
            #[doc = ""]
            #[doc = "# Example"]
            #[doc = "```"]
            #[doc = concat!("# use latentlab::plot::", stringify!($builder), ";")]
            #[doc = concat!("let chart = ", $example, ".x_label(\"epoch\");")]
            #[doc = "assert!(chart.figure()?.svg()?.contains(\"epoch\"));"]
            #[doc = "# Ok::<(), latentlab::Error>(())"]
            #[doc = "```"]
            pub fn x_label(mut self, label: impl Into<String>) -> Self {
                self.options.x_label = label.into();
                self
            }

            #[doc = "Words beside the vertical axis."]
            #[doc = ""]
            #[doc = "# Example"]
            #[doc = "```"]
            #[doc = concat!("# use latentlab::plot::", stringify!($builder), ";")]
            #[doc = concat!("let chart = ", $example, ".y_label(\"nats\");")]
            #[doc = "assert!(chart.figure()?.svg()?.contains(\"nats\"));"]
            #[doc = "# Ok::<(), latentlab::Error>(())"]
            #[doc = "```"]
            pub fn y_label(mut self, label: impl Into<String>) -> Self {
                self.options.y_label = Some(label.into());
                self
            }

            #[doc = "A logarithmic vertical axis; values that are not positive count as missing."]
            #[doc = ""]
            #[doc = "# Example"]
            #[doc = "```"]
            #[doc = concat!("# use latentlab::plot::", stringify!($builder), ";")]
            #[doc = concat!("let chart = ", $example, ".log_y();")]
            #[doc = "assert!(chart.figure()?.description().contains(\"logarithmic\"));"]
            #[doc = "# Ok::<(), latentlab::Error>(())"]
            #[doc = "```"]
            pub fn log_y(mut self) -> Self {
                self.options.log_y = true;
                self
            }

            #[doc = "The numbers at the ends of the vertical axis, in place of those that the data need. What lies"]
            #[doc = "beyond is cut off at the panel's border."]
            #[doc = ""]
            #[doc = "# Example"]
            #[doc = "```"]
            #[doc = concat!("# use latentlab::plot::", stringify!($builder), ";")]
            #[doc = concat!("assert!(", $example, ".y_range(0.5, 4.0).figure().is_ok());")]
            #[doc = concat!("assert!(", $example, ".y_range(4.0, 0.5).figure().is_err());")]
            #[doc = "```"]
            pub fn y_range(mut self, low: f64, high: f64) -> Self {
                self.options.y_range = Some([low, high]);
                self
            }

            #[doc = "A dashed horizontal line at a height, named in the legend: zero, chance, the best that is possible."]
            #[doc = "The vertical axis reaches it unless its ends are given."]
            #[doc = ""]
            #[doc = "# Example"]
            #[doc = "```"]
            #[doc = concat!("# use latentlab::plot::", stringify!($builder), ";")]
            #[doc = concat!("let chart = ", $example, ".level(\"chance\", 0.5);")]
            #[doc = "assert!(chart.figure()?.svg()?.contains(\"chance\"));"]
            #[doc = "# Ok::<(), latentlab::Error>(())"]
            #[doc = "```"]
            pub fn level(mut self, name: impl Into<String>, height: f64) -> Self {
                let (name, at) = (name.into(), height);
                let line = $crate::plot::options::ReferenceLine { name, at, upright: false };
                self.options.references.push(line);
                self
            }

            #[doc = "Width and height in CSS pixels, from 160 × 120 to 4,000 × 4,000; 640 × 400 by default."]
            #[doc = ""]
            #[doc = "# Example"]
            #[doc = "```"]
            #[doc = concat!("# use latentlab::plot::", stringify!($builder), ";")]
            #[doc = concat!("let chart = ", $example, ".size(800.0, 300.0);")]
            #[doc = "assert_eq!(chart.figure()?.size(), (800.0, 300.0));"]
            #[doc = "# Ok::<(), latentlab::Error>(())"]
            #[doc = "```"]
            pub fn size(mut self, width: f64, height: f64) -> Self {
                self.options.size = [width, height];
                self
            }

            #[doc = "Draws the chart."]
            #[doc = ""]
            #[doc = "# Errors"]
            #[doc = "[`Error::Figure`](crate::Error::Figure) names the figure and says what is missing or does not fit."]
            #[doc = ""]
            #[doc = "# Example"]
            #[doc = "```"]
            #[doc = concat!("# use latentlab::plot::", stringify!($builder), ";")]
            #[doc = concat!("assert!(", $example, ".figure().is_ok());")]
            #[doc = concat!("assert!(", stringify!($builder), "::new(\"Empty\").figure().is_err_and(|error| error.to_string().contains(\"Empty\")));")]
            #[doc = "```"]
            pub fn figure(&self) -> $crate::Result<$crate::plot::Figure> {
                $crate::plot::Plot::draw(self, &$crate::plot::options::Request::default())
            }
        }

        impl $crate::plot::Plot for $builder {
            fn draw(
                &self,
                request: &$crate::plot::Request,
            ) -> $crate::Result<$crate::plot::Figure> {
                let options = self.options.with(request);
                options.check(KIND)?;
                self.chart(&options)?.figure()
            }

            fn limits(&self) -> $crate::Result<Option<[[f64; 2]; 2]>> {
                self.chart(&self.options)?.limits().map(Some)
            }
        }

        impl $crate::notebook::Show for $builder {
            fn rich(&self) -> $crate::notebook::Rich {
                self.figure().rich()
            }
        }

        impl $crate::notebook::variables::Inspect for $builder {
            fn shape(&self) -> Option<String> {
                Some(self.contents().0)
            }

            fn memory(&self) -> usize {
                size_of_val(self) + self.contents().1
            }

            fn preview(&self) -> String {
                self.options.title.clone()
            }
        }
    };
    ($builder:ident, $example:literal, numeric x) => {
        $crate::plot::options::axis_options!($builder, $example);

        impl $builder {
            #[doc = "A logarithmic horizontal axis; positions that are not positive count as missing."]
            #[doc = ""]
            #[doc = "# Example"]
            #[doc = "```"]
            #[doc = concat!("# use latentlab::plot::", stringify!($builder), ";")]
            #[doc = concat!("let chart = ", $example, ".log_x();")]
            #[doc = "assert!(chart.figure()?.description().contains(\"logarithmic\"));"]
            #[doc = "# Ok::<(), latentlab::Error>(())"]
            #[doc = "```"]
            pub fn log_x(mut self) -> Self {
                self.options.log_x = true;
                self
            }

            #[doc = "A dashed upright line at a position (for dates the day of the common era), named in the legend. The"]
            #[doc = "horizontal axis reaches it unless its ends are given."]
            #[doc = ""]
            #[doc = "# Example"]
            #[doc = "```"]
            #[doc = concat!("# use latentlab::plot::", stringify!($builder), ";")]
            #[doc = concat!("let chart = ", $example, ".mark(\"chosen\", 1.5);")]
            #[doc = "assert!(chart.figure()?.svg()?.contains(\"chosen\"));"]
            #[doc = "# Ok::<(), latentlab::Error>(())"]
            #[doc = "```"]
            pub fn mark(mut self, name: impl Into<String>, position: f64) -> Self {
                let (name, at) = (name.into(), position);
                let line = $crate::plot::options::ReferenceLine { name, at, upright: true };
                self.options.references.push(line);
                self
            }

            #[doc = "The numbers at the ends of the horizontal axis, in place of those that the data need. What lies"]
            #[doc = "beyond is cut off at the panel's border."]
            #[doc = ""]
            #[doc = "# Example"]
            #[doc = "```"]
            #[doc = concat!("# use latentlab::plot::", stringify!($builder), ";")]
            #[doc = concat!("assert!(", $example, ".x_range(0.5, 4.0).figure().is_ok());")]
            #[doc = "```"]
            pub fn x_range(mut self, low: f64, high: f64) -> Self {
                self.options.x_range = Some([low, high]);
                self
            }
        }
    };
}

pub(crate) use axis_options;

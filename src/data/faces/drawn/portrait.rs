//! One face from its parameters.

use ndarray::Array3;

use super::background::paint_background;
use super::beard::paint_beard;
use super::camera::Exposure;
use super::canvas::{Canvas, Pose};
use super::eyes::{paint_brows, paint_eyes};
use super::glasses::paint_glasses;
use super::hair::{Hair, paint_back_hair, paint_front_hair};
use super::hat::paint_hat;
use super::head::{Head, paint_clothes, paint_earrings, paint_ears, paint_neck, paint_skin};
use super::light::illuminate;
use super::lines::paint_lines;
use super::mouth::paint_mouth;
use super::nose::paint_nose;
use super::parameters::FaceParameters;
use crate::{Error, Result};

/// No picture has more rows or columns.
const LARGEST: usize = 1024;

/// Samples along each side of a pixel. Edges are smooth already by how much of a sample they cover.
const SAMPLES: usize = 2;

impl FaceParameters {
    /// Draws the face: levels of red, green and blue from 0 to 255, of shape (height, width, 3). Equal parameters give
    /// equal levels on every machine. Sides from 8 to 1024 pixels.
    ///
    /// # Errors
    /// [`Error::Invalid`] for other sides.
    ///
    /// # Example
    /// ```
    /// use latentlab::data::faces::FaceParameters;
    /// use latentlab::ndarray::Axis;
    /// use latentlab::plot::ImageGallery;
    ///
    /// let bearded = FaceParameters { masculinity: 0.9, beard: 0.8, ..FaceParameters::default() };
    /// // Galleries take images by four axes, the first of which counts them.
    /// let image = bearded.draw(90, 90)?.insert_axis(Axis(0));
    /// let figure = ImageGallery::new("Beard").image("", image).figure()?;
    /// assert!(figure.description().contains("1 image of 90 × 90"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn draw(&self, height: usize, width: usize) -> Result<Array3<u8>> {
        check_size(height, width)?;
        let mut levels = Array3::zeros((height, width, 3));
        if let Some(levels) = levels.as_slice_mut() {
            self.draw_into(height, width, levels);
        }
        Ok(levels)
    }

    /// Draws the face into a part of a larger array.
    pub(super) fn draw_into(&self, height: usize, width: usize, levels: &mut [u8]) {
        let face = self.within_ranges();
        let yaw = 0.52 * face.yaw;
        let pose = Pose {
            shift: [0.2 * face.shift_x, 0.2 * face.shift_y + 0.02],
            scale: 1.03 * face.scale,
            roll: 0.35 * face.roll,
            yaw,
            pitch: 0.35 * face.pitch,
        };
        let mut canvas = Canvas::new(height * SAMPLES, width * SAMPLES, pose);
        paint(&mut canvas, &face);
        let light = illuminate(&canvas, &face, yaw);
        let exposure =
            Exposure { light, columns: canvas.columns, rows: canvas.rows, samples: SAMPLES };
        exposure.develop(&face, levels);
    }
}

/// Sides that can be drawn.
pub(super) fn check_size(height: usize, width: usize) -> Result<()> {
    if (8..=LARGEST).contains(&height) && (8..=LARGEST).contains(&width) {
        return Ok(());
    }
    let problem = format!("faces are drawn with 8 to {LARGEST} pixels a side");
    Err(Error::invalid(format!("a picture of {height} × {width} pixels"), problem))
}

/// From the back to the front.
fn paint(canvas: &mut Canvas, face: &FaceParameters) {
    let head = Head::new(face);
    let hair = Hair::new(face);
    paint_background(canvas, face, SAMPLES);
    paint_clothes(canvas, &head, face);
    paint_back_hair(canvas, &head, &hair);
    paint_neck(canvas, &head, face);
    paint_ears(canvas, &head, face);
    paint_skin(canvas, &head, face);
    paint_lines(canvas, &head, face);
    paint_nose(canvas, &head, face);
    paint_mouth(canvas, &head, face);
    paint_eyes(canvas, &head, face);
    paint_beard(canvas, &head, face);
    paint_brows(canvas, &head, face);
    paint_front_hair(canvas, &head, &hair, face);
    paint_earrings(canvas, &head, face);
    paint_glasses(canvas, &head, face);
    paint_hat(canvas, &head, face);
}

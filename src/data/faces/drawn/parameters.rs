//! The numbers that determine a drawn face.

use crate::words::close_to;
use crate::{Error, Result};

/// Declares the parameters once: field, default, range and meaning.
macro_rules! face_parameters {
    ($($(#[doc = $text:literal])+ $name:ident: $default:literal in $least:literal..=$most:literal;)+) => {
        /// Everything that a drawn face is made from. Each parameter is a continuum; its range and its value for
        /// the plain face are in its description, and a value beyond the range counts as the nearest one in it.
        ///
        /// # Example
        /// ```
        /// use latentlab::data::faces::FaceParameters;
        ///
        /// let grin = FaceParameters { smile: 0.8, mouth_open: 0.3, ..FaceParameters::default() };
        /// let pixels = grin.draw(45, 45)?;
        /// assert_eq!(pixels.dim(), (45, 45, 3));
        /// assert_ne!(pixels, FaceParameters::default().draw(45, 45)?);
        /// # Ok::<(), latentlab::Error>(())
        /// ```
        #[derive(Clone, Debug, PartialEq)]
        pub struct FaceParameters {
            $($(#[doc = $text])+ #[doc = concat!("\n\nFrom ", stringify!($least), " to ", stringify!($most), ", ", stringify!($default), " in the plain face.")]
            pub $name: f32,)+
            /// Where strands of hair, freckles of skin and grains of noise lie: any whole number, 0 in the plain face.
            pub texture: u64,
        }

        impl Default for FaceParameters {
            /// A plain face: adult, neither clearly male nor female, calm, evenly lit.
            fn default() -> Self {
                Self { $($name: $default,)+ texture: 0 }
            }
        }

        impl FaceParameters {
            /// The names of all parameters but `texture`, in the order of the fields.
            ///
            /// # Example
            /// ```
            /// use latentlab::data::faces::FaceParameters;
            ///
            /// assert!(FaceParameters::NAMES.contains(&"smile"));
            /// ```
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),+];

            const RANGES: &'static [[f32; 2]] = &[$([$least, $most]),+];

            /// The values in the order of [`NAMES`](Self::NAMES).
            ///
            /// # Example
            /// ```
            /// use latentlab::data::faces::FaceParameters;
            ///
            /// assert_eq!(FaceParameters::default().values().len(), FaceParameters::NAMES.len());
            /// ```
            pub fn values(&self) -> Vec<f32> {
                vec![$(self.$name),+]
            }

            fn slots(&mut self) -> Vec<&mut f32> {
                vec![$(&mut self.$name),+]
            }
        }
    };
}

face_parameters! {
    /// Form of jaw, brows and nose: 0 feminine, 1 masculine.
    masculinity: 0.5 in 0.0..=1.0;
    /// Lines of the face: 0 a child of ten, 0.3 a young adult, 1 old.
    age: 0.3 in 0.0..=1.0;
    /// Roundness of cheeks and chin.
    chubbiness: 0.3 in 0.0..=1.0;
    /// Width of the head.
    face_width: 0.0 in -1.0..=1.0;
    /// Length of the lower face.
    face_length: 0.0 in -1.0..=1.0;
    /// From a pointed chin to a square jaw.
    jaw_squareness: 0.4 in 0.0..=1.0;
    /// From pale to dark skin.
    skin_tone: 0.25 in 0.0..=1.0;
    /// Redness of the cheeks.
    rosiness: 0.2 in 0.0..=1.0;
    /// From black (0) over brown (0.4) to blond hair (1).
    hair_lightness: 0.35 in 0.0..=1.0;
    /// Redness of the hair.
    hair_redness: 0.2 in 0.0..=1.0;
    /// Share of grey in the hair.
    hair_gray: 0.0 in 0.0..=1.0;
    /// From cropped (0) to below the shoulders (1).
    hair_length: 0.25 in 0.0..=1.0;
    /// How far the hair stands off the head.
    hair_volume: 0.4 in 0.0..=1.0;
    /// From straight to wavy hair.
    waviness: 0.2 in 0.0..=1.0;
    /// How far hair falls over the forehead.
    fringe: 0.1 in 0.0..=1.0;
    /// Where the hair is parted: −1 left, 0 nowhere, 1 right.
    parting: 0.3 in -1.0..=1.0;
    /// From a full head of hair to none.
    baldness: 0.0 in 0.0..=1.0;
    /// How far the hair has receded at the temples.
    receding: 0.1 in 0.0..=1.0;
    /// Size of the eyes.
    eye_size: 0.5 in 0.0..=1.0;
    /// Distance of the eyes from each other.
    eye_distance: 0.0 in -1.0..=1.0;
    /// Outer corners of the eyes low (−1) or high (1).
    eye_tilt: 0.1 in -1.0..=1.0;
    /// From wide to narrow eyes.
    eye_narrowness: 0.2 in 0.0..=1.0;
    /// From brown over green to blue eyes.
    eye_color: 0.2 in 0.0..=1.0;
    /// Thickness of the eyebrows.
    brow_thickness: 0.45 in 0.0..=1.0;
    /// From straight to arched eyebrows.
    brow_arch: 0.4 in 0.0..=1.0;
    /// Width of the nose.
    nose_width: 0.4 in 0.0..=1.0;
    /// Length of the nose.
    nose_length: 0.5 in 0.0..=1.0;
    /// Fullness of the lips.
    lip_fullness: 0.45 in 0.0..=1.0;
    /// Width of the mouth.
    mouth_width: 0.0 in -1.0..=1.0;
    /// Size of the ears.
    ear_size: 0.5 in 0.0..=1.0;
    /// Thickness of a moustache.
    mustache: 0.0 in 0.0..=1.0;
    /// Thickness of a full beard.
    beard: 0.0 in 0.0..=1.0;
    /// Thickness of a beard on the chin alone.
    goatee: 0.0 in 0.0..=1.0;
    /// Shadow of a beard shaved hours ago.
    stubble: 0.0 in 0.0..=1.0;
    /// Length of the sideburns.
    sideburns: 0.2 in 0.0..=1.0;
    /// Corners of the mouth: −1 a frown, 1 a broad smile.
    smile: 0.1 in -1.0..=1.0;
    /// From a closed mouth over parted lips (0.3) to a wide open one.
    mouth_open: 0.0 in 0.0..=1.0;
    /// From closed to open eyes.
    eyes_open: 0.85 in 0.0..=1.0;
    /// Where the eyes look: −1 to the left of the picture, 1 to the right.
    gaze_x: 0.0 in -1.0..=1.0;
    /// Where the eyes look: −1 up, 1 down.
    gaze_y: 0.0 in -1.0..=1.0;
    /// Eyebrows drawn together (−1) or raised (1).
    brow_raise: 0.0 in -1.0..=1.0;
    /// Strength of the frame of eyeglasses; 0 without any.
    glasses: 0.0 in 0.0..=1.0;
    /// From angular to round glasses.
    glasses_roundness: 0.5 in 0.0..=1.0;
    /// Darkness of the lenses of sunglasses; 0 without any.
    sunglasses: 0.0 in 0.0..=1.0;
    /// Strength of the lipstick.
    lipstick: 0.0 in 0.0..=1.0;
    /// Colour round the eyes, long lashes, powder on the cheeks.
    makeup: 0.0 in 0.0..=1.0;
    /// Size of earrings; 0 without any.
    earrings: 0.0 in 0.0..=1.0;
    /// How deep a hat is drawn over the head; 0 without any.
    hat: 0.0 in 0.0..=1.0;
    /// Hue of the hat, once round the circle of colours from red.
    hat_hue: 0.6 in 0.0..=1.0;
    /// From a cap to a broad brim.
    hat_brim: 0.7 in 0.0..=1.0;
    /// Hue of the clothes.
    clothes_hue: 0.6 in 0.0..=1.0;
    /// Lightness of the clothes.
    clothes_lightness: 0.3 in 0.0..=1.0;
    /// Light from the left (−1) or the right of the picture (1).
    light_x: -0.3 in -1.0..=1.0;
    /// Light from above (−1) or below (1).
    light_y: -0.5 in -1.0..=1.0;
    /// From light all round to one hard lamp.
    harshness: 0.3 in 0.0..=1.0;
    /// From an underexposed to an overexposed picture.
    brightness: 0.0 in -1.0..=1.0;
    /// From bluish to yellowish light.
    warmth: 0.0 in -1.0..=1.0;
    /// Hue of the background.
    background_hue: 0.6 in 0.0..=1.0;
    /// Strength of the background's colour.
    background_color: 0.25 in 0.0..=1.0;
    /// Lightness of the background.
    background_lightness: 0.45 in 0.0..=1.0;
    /// How much lighter the background is at the top (1) or at the bottom (−1).
    background_gradient: 0.2 in -1.0..=1.0;
    /// From a plain wall to a background full of things.
    clutter: 0.2 in 0.0..=1.0;
    /// Sky above and green below in place of a wall.
    outdoor: 0.0 in 0.0..=1.0;
    /// The head turned to the left (−1, some 30°) or the right of the picture.
    yaw: 0.0 in -1.0..=1.0;
    /// The head raised (−1) or lowered (1), by some 20°.
    pitch: 0.0 in -1.0..=1.0;
    /// The head leaning to the left (−1, some 20°) or the right of the picture.
    roll: 0.0 in -1.0..=1.0;
    /// Size of the face in the picture, as a multiple.
    scale: 1.0 in 0.8..=1.2;
    /// Place of the face in the picture: 1 is a tenth of it to the right.
    shift_x: 0.0 in -1.0..=1.0;
    /// Place of the face in the picture: 1 is a tenth of it down.
    shift_y: 0.0 in -1.0..=1.0;
    /// Blur of the picture.
    blur: 0.1 in 0.0..=1.0;
    /// Grain of the picture.
    noise: 0.1 in 0.0..=1.0;
    /// From a grey to a colour picture.
    saturation: 1.0 in 0.0..=1.0;
}

impl FaceParameters {
    /// One parameter by its name.
    ///
    /// # Errors
    /// [`Error::Invalid`] where no parameter has that name.
    ///
    /// # Example
    /// ```
    /// use latentlab::data::faces::FaceParameters;
    ///
    /// assert_eq!(FaceParameters::default().get("scale")?, 1.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn get(&self, name: &str) -> Result<f32> {
        Ok(self.values()[place(name)?])
    }

    /// The same face with one parameter changed.
    ///
    /// # Errors
    /// [`Error::Invalid`] where no parameter has that name.
    ///
    /// # Example
    /// ```
    /// use latentlab::data::faces::FaceParameters;
    ///
    /// let old = FaceParameters::default().with("age", 0.9)?;
    /// assert_eq!(old.age, 0.9);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn with(&self, name: &str, value: f32) -> Result<Self> {
        let mut changed = self.clone();
        *changed.slots()[place(name)?] = value;
        Ok(changed)
    }

    /// The least and the greatest value of a parameter.
    ///
    /// # Errors
    /// [`Error::Invalid`] where no parameter has that name.
    ///
    /// # Example
    /// ```
    /// use latentlab::data::faces::FaceParameters;
    ///
    /// assert_eq!(FaceParameters::range("smile")?, [-1.0, 1.0]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn range(name: &str) -> Result<[f32; 2]> {
        Ok(Self::RANGES[place(name)?])
    }

    /// Every value moved into its range; NaN becomes the plain face's.
    pub(super) fn within_ranges(&self) -> Self {
        let mut face = self.clone();
        let plain = Self::default().values();
        for ((value, [least, most]), plain) in face.slots().into_iter().zip(Self::RANGES).zip(plain)
        {
            *value = if value.is_nan() { plain } else { value.clamp(*least, *most) };
        }
        face
    }
}

fn place(name: &str) -> Result<usize> {
    let names = FaceParameters::NAMES;
    names.iter().position(|known| *known == name).ok_or_else(|| {
        let near = close_to(name, names).join("`, `");
        let problem = format!("no such parameter; the nearest of {} are `{near}`", names.len());
        Error::invalid(format!("parameter `{name}`"), problem)
    })
}

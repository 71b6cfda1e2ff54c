//! Smooth random fields over the plane: strands of hair, blotches of skin, things in the background.

/// A field of values from 0 to 1 that changes over a distance of about 1, the same on every machine.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field(u32);

impl Field {
    /// Equal seeds give equal fields; `layer` tells the fields of one face apart.
    pub(super) fn new(seed: u64, layer: u32) -> Self {
        Self(scramble((seed ^ (seed >> 32)) as u32 ^ scramble(layer.wrapping_add(0x9E37_79B9))))
    }

    /// The value at a place: corners of a grid hold random values, and smooth steps lead from one to the next.
    pub(super) fn at(self, x: f32, y: f32) -> f32 {
        let (column, row) = (floor(x), floor(y));
        let (across, down) = (eased(x - column as f32), eased(y - row as f32));
        let corner = |right: i32, below: i32| {
            let place = (column.wrapping_add(right) as u32).wrapping_mul(0x8DA6_B343)
                ^ (row.wrapping_add(below) as u32).wrapping_mul(0xD816_3841);
            (scramble(place ^ self.0) >> 8) as f32 / (1 << 24) as f32
        };
        let top = corner(0, 0) + (corner(1, 0) - corner(0, 0)) * across;
        let bottom = corner(0, 1) + (corner(1, 1) - corner(0, 1)) * across;
        top + (bottom - top) * down
    }
}

/// Faster than the library's `floor` where the processor is taken to have no instruction for it.
fn floor(value: f32) -> i32 {
    let cut = value as i32;
    cut - i32::from(value < cut as f32)
}

fn eased(share: f32) -> f32 {
    share * share * (3.0 - 2.0 * share)
}

/// The finalizer of MurmurHash3 (Appleby, public domain).
fn scramble(mut bits: u32) -> u32 {
    bits = (bits ^ (bits >> 16)).wrapping_mul(0x85EB_CA6B);
    bits = (bits ^ (bits >> 13)).wrapping_mul(0xC2B2_AE35);
    bits ^ (bits >> 16)
}

//! The function behind Student's t distribution.

/// The regularised incomplete beta function I(x; a, b) by its continued fraction (DLMF 8.17.22), evaluated by Lentz's method (Applied
/// Optics 15, 1976). It takes x and 1 − x, since one of them may be too small to be told from the other.
pub(crate) fn incomplete_beta([x, rest]: [f64; 2], [a, b]: [f64; 2]) -> f64 {
    if x <= 0.0 || rest <= 0.0 {
        return x.clamp(0.0, 1.0);
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta([rest, x], [b, a]);
    }
    let scale = libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b);
    let front = (scale + a * x.ln() + b * rest.ln()).exp() / a;
    let apart = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let (mut upper, mut lower) = (1.0, 1.0 / apart(1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = lower;
    for step in 1..1000 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for term in [even, odd] {
            lower = 1.0 / apart(1.0 + term * lower);
            upper = apart(1.0 + term / upper);
            change = lower * upper;
            fraction *= change;
        }
        if (change - 1.0).abs() < 1e-16 {
            break;
        }
    }
    front * fraction
}

//! How large the picture gets.

/// The largest even size of the same shape that lies within `bounds` and isn't larger.
pub(crate) fn fit(shown: (u32, u32), bounds: (u32, u32)) -> (u32, u32) {
    let (width, height) = (f64::from(shown.0), f64::from(shown.1));
    let scale = (f64::from(bounds.0) / width).min(f64::from(bounds.1) / height).min(1.0);
    let side = |length: u32, bound: u32| {
        let exact = f64::from(length) * scale;
        let nearest = ((exact / 2.0).round() as u32) * 2;
        nearest.min(even(length)).min(even(bound)).max(2)
    };
    (side(shown.0, bounds.0), side(shown.1, bounds.1))
}

/// The largest even size of the same shape that lies within `bounds`, larger than the picture where they are.
pub(crate) fn fill(shown: (u32, u32), bounds: (u32, u32)) -> (u32, u32) {
    let (width, height) = (f64::from(shown.0.max(1)), f64::from(shown.1.max(1)));
    let scale = (f64::from(bounds.0) / width).min(f64::from(bounds.1) / height);
    let side = |length: f64, bound: u32| (((length * scale / 2.0).round() as u32) * 2).min(even(bound)).max(2);
    (side(width, bounds.0), side(height, bounds.1))
}

/// The box for a picture of this shape: so much on the short side, 16:9 of it on the long one.
pub(crate) fn bounds((width, height): (u32, u32), short: u32) -> (u32, u32) {
    let long = short * 16 / 9;
    if width >= height { (long, short) } else { (short, long) }
}

fn even(length: u32) -> u32 {
    length & !1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(shown: (u32, u32), short: u32) -> (u32, u32) {
        fit(shown, bounds(shown, short))
    }

    #[test]
    fn fits_the_box_keeps_the_shape_and_never_grows() {
        let cases = [
            ((1920, 1080), 1080, (1920, 1080)),
            ((3840, 2160), 1080, (1920, 1080)),
            ((2160, 3840), 1080, (1080, 1920)),
            ((4000, 4000), 1080, (1080, 1080)),
            ((1080, 2400), 1080, (864, 1920)),
            ((720, 405), 1080, (720, 404)),
            ((1279, 719), 1080, (1278, 718)),
            ((1920, 1080), 720, (1280, 720)),
            ((1920, 1080), 480, (852, 480)),
            ((768, 576), 540, (720, 540)),
            ((640, 360), 1080, (640, 360)),
            ((8000, 20), 1080, (1920, 4)),
            ((1, 1), 1080, (2, 2)),
        ];
        for (shown, short, expected) in cases {
            assert_eq!(size((shown.0.max(2), shown.1.max(2)), short), expected, "{shown:?}");
        }
    }
}

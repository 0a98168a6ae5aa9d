//! `TRANSFORM PICTURE(picture; operator {; parameters…})` (`docs/commands/transform-picture.md`).

use std::rc::Rc;

use image::{DynamicImage, RgbaImage, imageops};
use tessera_values::{ErrorStack, Value};
use tessera_vm::{Arguments, Process};

use super::{check_size, picture, pixels, png, put};
use crate::context::Context;
use crate::pictures::Codec;

/// White, as `Transparency` takes it when no colour is given.
const WHITE: i64 = 0x00FF_FFFF;

// UNSPECIFIED: transformations that can be undone are kept beside a picture by 4D. Taken: the pixels change at once, and
// Reset undoes nothing.
pub(super) fn transform_picture(
    _: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    const RESET: i64 = 0;
    const SCALE: i64 = 1;
    const TRANSLATE: i64 = 2;
    const FLIP_HORIZONTALLY: i64 = 3;
    const FLIP_VERTICALLY: i64 = 4;
    const CROP: i64 = 100;
    const FADE_TO_GREY: i64 = 101;
    const TRANSPARENCY: i64 = 102;
    let operator = arguments.integer(1)?;
    if operator == RESET {
        return Ok(Value::Undefined);
    }
    let image = pixels(arguments, 0)?;
    let mut codec = Codec::named(&picture(arguments, 0)?.mime).unwrap_or(png());
    let changed = match operator {
        SCALE => scaled(&image, arguments.real(2)?, arguments.real(3)?)?,
        TRANSLATE => translated(&image, arguments.integer(2)?, arguments.integer(3)?)?,
        FLIP_HORIZONTALLY => image.fliph(),
        FLIP_VERTICALLY => image.flipv(),
        CROP => cropped(&image, arguments)?,
        FADE_TO_GREY => image.grayscale(),
        TRANSPARENCY => {
            // A format that can't show it gives way.
            if !codec.knows_transparency() {
                codec = png();
            }
            transparent(&image, arguments.optional_integer(2)?.unwrap_or(WHITE))
        }
        other => return Err(ErrorStack::runtime(format!("{other} is no transformation of pictures."))),
    };
    put(arguments, 0, &changed, codec)?;
    Ok(Value::Undefined)
}

fn scaled(image: &DynamicImage, horizontal: f64, vertical: f64) -> Result<DynamicImage, ErrorStack> {
    let side = |side: u32, factor: f64| (f64::from(side) * factor).round() as u32;
    let (width, height) = (side(image.width(), horizontal), side(image.height(), vertical));
    check_size(width, height)?;
    Ok(image.resize_exact(width, height, imageops::FilterType::Triangle))
}

/// The free space is transparent; what leaves at the left or the top is cut off.
fn translated(image: &DynamicImage, right: i64, down: i64) -> Result<DynamicImage, ErrorStack> {
    let side = |side: u32, by: i64| u32::try_from(i64::from(side).saturating_add(by)).unwrap_or(0);
    let (width, height) = (side(image.width(), right), side(image.height(), down));
    check_size(width, height)?;
    let mut canvas = RgbaImage::new(width, height);
    imageops::replace(&mut canvas, &image.to_rgba8(), right, down);
    Ok(canvas.into())
}

/// The part of the rectangle that lies inside the picture.
fn cropped(image: &DynamicImage, arguments: &Arguments) -> Result<DynamicImage, ErrorStack> {
    let number = |position| arguments.integer(position).map(|n| u32::try_from(n).unwrap_or(0));
    let (left, top) = (number(2)?.min(image.width()), number(3)?.min(image.height()));
    let (width, height) = (number(4)?.min(image.width() - left), number(5)?.min(image.height() - top));
    check_size(width, height)?;
    Ok(image.crop_imm(left, top, width, height))
}

fn transparent(image: &DynamicImage, colour: i64) -> DynamicImage {
    let channel = |shift: u32| (colour >> shift) as u8;
    let wanted = [channel(16), channel(8), channel(0)];
    let mut pixels = image.to_rgba8();
    for pixel in pixels.pixels_mut() {
        let [red, green, blue, _] = pixel.0;
        if [red, green, blue] == wanted {
            pixel.0 = [red, green, blue, 0];
        }
    }
    pixels.into()
}

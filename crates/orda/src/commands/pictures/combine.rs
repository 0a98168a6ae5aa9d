//! `COMBINE PICTURES(result; picture; operator; other {; horizontal; vertical})` (`docs/commands/combine-pictures.md`).

use std::rc::Rc;

use image::{RgbaImage, imageops};
use tessera_values::{ErrorStack, Value};
use tessera_vm::{Arguments, Process};

use super::{check_size, pixels, png, put};
use crate::context::Context;

/// The result is a PNG that holds both; what neither covers is transparent.
pub(super) fn combine_pictures(
    _: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    const HORIZONTAL_CONCATENATION: i64 = 1;
    const VERTICAL_CONCATENATION: i64 = 2;
    const SUPERIMPOSITION: i64 = 3;
    let (below, above) = (pixels(arguments, 1)?, pixels(arguments, 3)?);
    let (left, top) = match arguments.integer(2)? {
        HORIZONTAL_CONCATENATION => (i64::from(below.width()), 0),
        VERTICAL_CONCATENATION => (0, i64::from(below.height())),
        SUPERIMPOSITION => (arguments.integer(4)?, arguments.integer(5)?),
        other => return Err(ErrorStack::runtime(format!("{other} is no combination of pictures."))),
    };
    let (from_x, width) = span(below.width(), left, above.width());
    let (from_y, height) = span(below.height(), top, above.height());
    check_size(width, height)?;
    let mut canvas = RgbaImage::new(width, height);
    imageops::overlay(&mut canvas, &below.to_rgba8(), -from_x, -from_y);
    imageops::overlay(&mut canvas, &above.to_rgba8(), left - from_x, top - from_y);
    put(arguments, 0, &canvas.into(), png())?;
    Ok(Value::Undefined)
}

/// Where the union of two lengths begins, and how long it is; the second one begins at `offset`.
fn span(first: u32, offset: i64, second: u32) -> (i64, u32) {
    let offset = offset.clamp(-i64::from(u32::MAX), i64::from(u32::MAX));
    let start = offset.min(0);
    let end = i64::from(first).max(offset + i64::from(second));
    (start, u32::try_from(end - start).unwrap_or(u32::MAX))
}

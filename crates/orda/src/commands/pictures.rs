//! Pictures (`docs/commands/theme/Pictures.md`): size and formats, conversion, and their way through a Blob.

use std::rc::Rc;

use image::{DynamicImage, GenericImageView, Luma, RgbaImage, imageops};
use tessera_values::{Blob, ErrorStack, Picture, Text, Value};
use tessera_vm::{Arguments, Process};

use super::Command;
use crate::context::Context;
use crate::pictures::{self, Codec};

mod combine;
mod transform;

pub(super) const COMMANDS: &[(u16, Command)] = &[
    (356, size),
    (457, properties),
    (679, create_thumbnail),
    (682, blob_to_picture),
    (692, picture_to_blob),
    (988, transform::transform_picture),
    (1002, convert_picture),
    (1196, equal_pictures),
    (1406, formats),
];

pub(super) const NAMED: &[(&str, Command)] =
    &[("COMBINE PICTURES", combine::combine_pictures), ("PICTURE CODEC LIST", codec_list)];

/// The picture in an argument; empty where nothing is given.
fn picture(arguments: &Arguments, position: usize) -> Result<Rc<Picture>, ErrorStack> {
    match arguments.read(position) {
        Value::Picture(picture) => Ok(picture),
        Value::Undefined | Value::Null => Ok(Rc::default()),
        other => Err(ErrorStack::runtime(format!(
            "Argument {} must be a picture, not {}.",
            position + 1,
            other.kind()
        ))),
    }
}

/// The pixels of the picture in an argument.
fn pixels(arguments: &Arguments, position: usize) -> Result<DynamicImage, ErrorStack> {
    let picture = picture(arguments, position)?;
    pictures::decode(&picture).ok_or_else(|| {
        ErrorStack::runtime(format!(
            "The picture in argument {} can't be read: it is empty, damaged, of a format without pixels, or larger \
             than {} pixels a side.",
            position + 1,
            pictures::SIDE_MAX
        ))
    })
}

/// Room for a picture that is made.
fn check_size(width: u32, height: u32) -> Result<(), ErrorStack> {
    const BYTES_PER_PIXEL: u64 = 4;
    let bytes = (u64::from(width) * u64::from(height)).saturating_mul(BYTES_PER_PIXEL);
    if width == 0 || height == 0 {
        return Err(ErrorStack::runtime("The picture would have no pixel left."));
    }
    if width > pictures::SIDE_MAX || height > pictures::SIDE_MAX || bytes > pictures::MEMORY_MAX {
        return Err(ErrorStack::runtime(format!(
            "The picture would be too large: {width} by {height} pixels."
        )));
    }
    Ok(())
}

/// Puts pixels into the variable of an argument.
fn put(
    arguments: &Arguments,
    position: usize,
    image: &DynamicImage,
    codec: &Codec,
) -> Result<(), ErrorStack> {
    let made = pictures::encode(image, codec, pictures::QUALITY_BEST)
        .ok_or_else(|| ErrorStack::runtime(format!("The picture can't be written as {}.", codec.name)))?;
    arguments.write(position, Value::Picture(Rc::new(made)));
    Ok(())
}

/// What pictures are made in when nothing else is asked for.
fn png() -> &'static Codec {
    &pictures::CODECS[1]
}

/// `Picture size(picture)`: in bytes.
fn size(_: &Rc<Context>, _: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Integer(picture(arguments, 0)?.bytes.0.len() as i64))
}

/// `PICTURE PROPERTIES(picture; width; height {; horizontal {; vertical {; mode}}})`; 0 and 0 without pixels.
fn properties(_: &Rc<Context>, _: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let (width, height) = pictures::dimensions(&*picture(arguments, 0)?).unwrap_or_default();
    let numbers = [i64::from(width), i64::from(height), 0, 0, 0];
    for (position, number) in (1..).zip(numbers) {
        arguments.write(position, Value::Integer(number));
    }
    Ok(Value::Undefined)
}

/// `CREATE THUMBNAIL(source; destination {; width {; height {; mode}}})`: a PNG of exactly that size.
fn create_thumbnail(
    _: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    const SIDE: i64 = 48;
    const SCALED_TO_FIT: i64 = 2;
    const PROPORTIONAL: i64 = 5;
    const PROPORTIONAL_CENTERED: i64 = 6;
    let source = pixels(arguments, 0)?;
    let side = |number: i64| u32::try_from(number).unwrap_or(0);
    let width = side(arguments.optional_integer(2)?.unwrap_or(SIDE));
    let height = side(arguments.optional_integer(3)?.unwrap_or(SIDE));
    check_size(width, height)?;
    let mode = arguments.optional_integer(4)?.unwrap_or(PROPORTIONAL_CENTERED);
    let thumbnail: DynamicImage = match mode {
        SCALED_TO_FIT => source.thumbnail_exact(width, height),
        PROPORTIONAL | PROPORTIONAL_CENTERED => {
            let small = source.thumbnail(width, height).to_rgba8();
            // The free space is white (docs/commands/create-thumbnail.md).
            let mut canvas = RgbaImage::from_pixel(width, height, image::Rgba([255; 4]));
            let free = |of: u32, taken: u32| i64::from((of - taken) / 2);
            let (left, top) = match mode {
                PROPORTIONAL_CENTERED => (free(width, small.width()), free(height, small.height())),
                _ => (0, 0),
            };
            imageops::overlay(&mut canvas, &small, left, top);
            canvas.into()
        }
        other => {
            return Err(ErrorStack::runtime(format!(
                "{other} is no mode of CREATE THUMBNAIL: Scaled to fit, Scaled to fit proportional, Scaled to fit \
                 prop centered."
            )));
        }
    };
    put(arguments, 1, &thumbnail, png())?;
    Ok(Value::Undefined)
}

/// `BLOB TO PICTURE(blob; picture {; codec})`. A codec nobody knows keeps any bytes under its name, for
/// `PICTURE TO BLOB` to give back.
fn blob_to_picture(
    _: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let bytes = match arguments.read(0) {
        Value::Blob(blob) => blob,
        Value::Picture(picture) => picture.bytes.clone(),
        Value::Undefined | Value::Null => Blob::default(),
        other => return Err(ErrorStack::runtime(format!("A Blob is expected, not {}.", other.kind()))),
    };
    let codec = arguments.text(2)?;
    let found = Picture::sniff(&bytes.0);
    let mime = match (Codec::named(&codec), found) {
        (Some(codec), found) => found.filter(|found| *found == codec.mime()).map(Text::from),
        (None, found) if codec.is_empty() => found.map(Text::from),
        (None, _) => Some(codec),
    };
    process.set_ok(mime.is_some());
    let picture = mime.map_or_else(Picture::default, |mime| Picture { mime, bytes });
    arguments.write(1, Value::Picture(Rc::new(picture)));
    Ok(Value::Undefined)
}

/// `PICTURE TO BLOB(picture; blob; codec)`
fn picture_to_blob(
    _: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let (picture, codec) = (picture(arguments, 0)?, arguments.text(2)?);
    let converted = converted(&picture, &codec);
    process.set_ok(converted.is_some());
    arguments.write(1, Value::Blob(converted.map(|picture| picture.bytes).unwrap_or_default()));
    Ok(Value::Undefined)
}

/// A picture in the format of a codec, which may be one of its own; `None` when nobody can do that.
pub(super) fn converted(picture: &Picture, codec: &str) -> Option<Picture> {
    if !picture.bytes.is_empty() && picture.mime.eq_ignore_ascii_case(codec) {
        return Some(picture.clone());
    }
    pictures::convert(picture, Codec::named(codec)?, None)
}

/// `CONVERT PICTURE(picture; codec {; compression})`
fn convert_picture(_: &Rc<Context>, _: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let (source, name) = (picture(arguments, 0)?, arguments.text(1)?);
    let Some(codec) = Codec::named(&name) else {
        let known: Vec<&str> = pictures::CODECS.iter().map(|codec| codec.id).collect();
        let message = format!("There is no codec \"{name}\"; there are {}.", known.join(", "));
        return Err(ErrorStack::runtime(message));
    };
    // Empty stays empty.
    if source.bytes.is_empty() {
        return Ok(Value::Undefined);
    }
    let quality = if arguments.is_given(2) {
        Some((arguments.real(2)?.clamp(0.0, 1.0) * 100.0).round().max(1.0) as u8)
    } else {
        None
    };
    let converted = pictures::convert(&source, codec, quality)
        .ok_or_else(|| ErrorStack::runtime(format!("The picture can't be converted to {}.", codec.name)))?;
    arguments.write(0, Value::Picture(Rc::new(converted)));
    Ok(Value::Undefined)
}

/// `Equal pictures(picture; other; mask)`: the mask is white where pixels differ.
fn equal_pictures(
    _: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let decoded = |position| picture(arguments, position).map(|picture| pictures::decode(&picture));
    let (Some(left), Some(right)) = (decoded(0)?, decoded(1)?) else {
        process.set_ok(false);
        return Ok(Value::Boolean(false));
    };
    process.set_ok(true);
    if left.dimensions() != right.dimensions() {
        arguments.write(2, Value::Picture(Rc::default()));
        return Ok(Value::Boolean(false));
    }
    let (left, right) = (left.to_rgba8(), right.to_rgba8());
    let mut equal = true;
    let mask = image::GrayImage::from_fn(left.width(), left.height(), |x, y| {
        let same = left.get_pixel(x, y) == right.get_pixel(x, y);
        equal &= same;
        Luma([if same { 0 } else { 255 }])
    });
    put(arguments, 2, &mask.into(), png())?;
    Ok(Value::Boolean(equal))
}

/// `GET PICTURE FORMATS(picture; codecs)`: one at most, since a picture is kept in one format.
fn formats(_: &Rc<Context>, _: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let picture = picture(arguments, 0)?;
    let id = Codec::named(&picture.mime).map(|codec| codec.id);
    let id = id.or_else(|| (picture.mime == "image/svg+xml").then_some(".svg"));
    let id = id.or_else(|| (!picture.mime.is_empty()).then_some(picture.mime.as_str()));
    super::write_texts(arguments, 1, id);
    Ok(Value::Undefined)
}

/// `PICTURE CODEC LIST(codecs {; names} {; *})`: all of them read and write.
fn codec_list(_: &Rc<Context>, _: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    super::write_texts(arguments, 0, pictures::CODECS.iter().map(|codec| codec.id));
    if arguments.is_given(1) {
        super::write_texts(arguments, 1, pictures::CODECS.iter().map(|codec| codec.name));
    }
    Ok(Value::Undefined)
}

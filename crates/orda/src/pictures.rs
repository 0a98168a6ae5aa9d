//! Pictures as pixels: decoded within limits, encoded in the formats the server knows (`docs/Concepts/picture.md`).

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, ImageReader, Limits, Rgb, RgbImage};
use tessera_values::{Picture, Text};

/// The largest side of a picture that is decoded or made, in pixels.
pub const SIDE_MAX: u32 = 16_384;
/// How much memory one picture may take as pixels, in bytes.
pub const MEMORY_MAX: u64 = 128 << 20;
/// The best quality, which is what leaving it out means (`docs/commands/convert-picture.md`).
pub const QUALITY_BEST: u8 = 100;

/// A format that pictures are read and written in.
#[derive(Debug)]
pub struct Codec {
    /// As the commands list it: an extension.
    pub id: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// Other extensions it goes by.
    others: &'static [&'static str],
    format: ImageFormat,
}

/// Every codec, in the order they are listed.
pub const CODECS: &[Codec] = &[
    Codec { id: ".jpg", name: "JPEG", others: &[".jpeg", ".jpe"], format: ImageFormat::Jpeg },
    Codec { id: ".png", name: "PNG", others: &[], format: ImageFormat::Png },
    Codec { id: ".bmp", name: "BMP", others: &[], format: ImageFormat::Bmp },
    Codec { id: ".gif", name: "GIF", others: &[], format: ImageFormat::Gif },
    Codec { id: ".tif", name: "TIFF", others: &[".tiff"], format: ImageFormat::Tiff },
    Codec { id: ".webp", name: "WebP", others: &[], format: ImageFormat::WebP },
];

impl Codec {
    /// By extension or MIME type, in any letter case; an extension may come without its dot.
    pub fn named(id: &str) -> Option<&'static Self> {
        let id = id.to_ascii_lowercase();
        let dotted = if id.starts_with('.') { id.clone() } else { format!(".{id}") };
        CODECS
            .iter()
            .find(|codec| codec.mime() == id || codec.id == dotted || codec.others.contains(&dotted.as_str()))
    }

    /// Its MIME type.
    pub fn mime(&self) -> &'static str {
        self.format.to_mime_type()
    }

    /// Can a pixel be transparent?
    pub(crate) fn knows_transparency(&self) -> bool {
        !matches!(self.format, ImageFormat::Jpeg | ImageFormat::Bmp)
    }
}

fn reader(picture: &Picture) -> Option<ImageReader<Cursor<&[u8]>>> {
    let mut reader = ImageReader::new(Cursor::new(picture.bytes.0.as_ref())).with_guessed_format().ok()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(MEMORY_MAX);
    reader.limits(limits);
    Some(reader)
}

/// The pixels; `None` for what is empty, broken, too large or no picture of dots.
pub fn decode(picture: &Picture) -> Option<DynamicImage> {
    reader(picture)?.decode().ok()
}

/// Width and height in pixels, read without the pixels.
pub fn dimensions(picture: &Picture) -> Option<(u32, u32)> {
    reader(picture)?.into_dimensions().ok()
}

/// The pixels in a format. Where it knows no transparency, white shines through.
pub fn encode(image: &DynamicImage, codec: &Codec, quality: u8) -> Option<Picture> {
    let mut bytes = Cursor::new(Vec::new());
    match codec.format {
        ImageFormat::Jpeg => {
            on_white(image).write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality)).ok()?;
        }
        ImageFormat::Bmp => on_white(image).write_to(&mut bytes, codec.format).ok()?,
        ImageFormat::Png | ImageFormat::Tiff if image.color().bytes_per_pixel() <= 8 => {
            image.write_to(&mut bytes, codec.format).ok()?;
        }
        _ => image.to_rgba8().write_to(&mut bytes, codec.format).ok()?,
    }
    Some(Picture { mime: Text::from(codec.mime()), bytes: bytes.into_inner().into() })
}

/// The picture in a format; itself when it has that already, `None` when it can't be converted.
pub fn convert(picture: &Picture, codec: &Codec, quality: Option<u8>) -> Option<Picture> {
    if picture.mime == codec.mime() && quality.is_none() {
        return Some(picture.clone());
    }
    encode(&decode(picture)?, codec, quality.unwrap_or(QUALITY_BEST))
}

fn on_white(image: &DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.to_rgb8();
    }
    let source = image.to_rgba8();
    RgbImage::from_fn(source.width(), source.height(), |x, y| {
        let [red, green, blue, alpha] = source.get_pixel(x, y).0.map(u32::from);
        let over = |channel: u32| ((channel * alpha + 255 * (255 - alpha)) / 255) as u8;
        Rgb([over(red), over(green), over(blue)])
    })
}

#[cfg(test)]
mod tests {
    use image::{Rgba, RgbaImage};

    use super::*;

    fn picture(width: u32, height: u32, codec: &str) -> Picture {
        let image = RgbaImage::from_pixel(width, height, Rgba([200, 0, 0, 128]));
        encode(&image.into(), Codec::named(codec).unwrap(), QUALITY_BEST).unwrap()
    }

    #[test]
    fn every_codec_writes_what_it_reads() {
        for codec in CODECS {
            let made = picture(3, 2, codec.id);
            assert_eq!(Picture::sniff(&made.bytes.0), Some(codec.mime()), "{}", codec.name);
            assert_eq!(dimensions(&made), Some((3, 2)), "{}", codec.name);
            for other in CODECS {
                assert_eq!(convert(&made, other, None).unwrap().mime, other.mime());
            }
        }
    }

    #[test]
    fn codecs_are_named_by_extension_or_mime_type() {
        for name in [".jpg", "JPEG", "image/jpeg", ".JPE"] {
            assert_eq!(Codec::named(name).map(|codec| codec.id), Some(".jpg"), "{name}");
        }
        assert!(Codec::named(".heic").is_none());
        assert!(Codec::named("").is_none());
    }

    #[test]
    fn white_shines_through_where_nothing_is_transparent() {
        let flat = decode(&picture(1, 1, ".bmp")).unwrap().to_rgb8();
        assert_eq!(flat.get_pixel(0, 0).0, [227, 127, 127]);
    }

    #[test]
    fn what_is_too_large_or_broken_is_not_decoded() {
        let wide = RgbImage::new(SIDE_MAX + 1, 1);
        let wide = encode(&wide.into(), Codec::named(".png").unwrap(), QUALITY_BEST).unwrap();
        assert!(decode(&wide).is_none());
        assert!(decode(&Picture::default()).is_none());
        let broken = Picture { mime: "image/png".into(), bytes: vec![0x89, b'P', b'N', b'G', 0].into() };
        assert!(decode(&broken).is_none());
        assert_eq!(dimensions(&broken), None);
    }
}

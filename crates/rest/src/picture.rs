//! Pictures in the format a client asked for (`docs/REST/$imageformat.md`).

use std::io::Cursor;

use image::{ImageFormat, ImageReader, Limits};
use tessera_values::{Picture, Text};

/// The largest side of a picture that is decoded, in pixels.
const SIDE_MAX: u32 = 16_384;
/// How much memory decoding may take, in bytes.
const MEMORY_MAX: u64 = 128 << 20;

/// What a client may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// As it is stored, if a browser can show that.
    Best,
    /// In this format.
    Format(ImageFormat),
}

impl Wanted {
    /// Reads `$imageformat`; `None` for a word that is none.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "best" => Self::Best,
            "png" => Self::Format(ImageFormat::Png),
            "jpeg" | "jpg" => Self::Format(ImageFormat::Jpeg),
            "gif" => Self::Format(ImageFormat::Gif),
            "tiff" | "tif" => Self::Format(ImageFormat::Tiff),
            _ => return None,
        })
    }
}

/// The picture in this format; `None` when it can't be converted.
pub(crate) fn encode(picture: &Picture, wanted: Wanted) -> Option<Picture> {
    let format = match wanted {
        Wanted::Best if is_shown_by_browsers(&picture.mime) => return Some(picture.clone()),
        Wanted::Best => ImageFormat::Png,
        Wanted::Format(format) => format,
    };
    if picture.mime == format.to_mime_type() {
        return Some(picture.clone());
    }
    let mut reader = ImageReader::new(Cursor::new(picture.bytes.0.as_ref())).with_guessed_format().ok()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(MEMORY_MAX);
    reader.limits(limits);
    let decoded = reader.decode().ok()?;
    // JPEG has no transparency.
    let decoded = match format {
        ImageFormat::Jpeg => decoded.into_rgb8().into(),
        _ => decoded,
    };
    let mut bytes = Cursor::new(Vec::new());
    decoded.write_to(&mut bytes, format).ok()?;
    Some(Picture { mime: Text::from(format.to_mime_type()), bytes: bytes.into_inner().into() })
}

fn is_shown_by_browsers(mime: &str) -> bool {
    matches!(mime, "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "image/bmp" | "image/svg+xml")
}

#[cfg(test)]
mod tests {
    use image::RgbImage;

    use super::*;

    fn png(width: u32, height: u32) -> Picture {
        let mut bytes = Cursor::new(Vec::new());
        RgbImage::new(width, height).write_to(&mut bytes, ImageFormat::Png).unwrap();
        Picture { mime: "image/png".into(), bytes: bytes.into_inner().into() }
    }

    #[test]
    fn a_picture_is_converted_to_every_format() {
        // R127
        for (word, mime) in [("JPEG", "image/jpeg"), ("gif", "image/gif"), ("tiff", "image/tiff")] {
            let converted = encode(&png(3, 2), Wanted::parse(word).unwrap()).unwrap();
            assert_eq!((converted.mime.as_str(), Picture::sniff(&converted.bytes.0)), (mime, Some(mime)));
        }
        assert_eq!(encode(&png(3, 2), Wanted::Best), Some(png(3, 2)));
        let tiff = encode(&png(3, 2), Wanted::Format(ImageFormat::Tiff)).unwrap();
        assert_eq!(encode(&tiff, Wanted::Best).unwrap().mime, "image/png");
        assert_eq!(Wanted::parse("heic"), None);
    }

    #[test]
    fn a_picture_too_large_or_broken_is_not_converted() {
        assert_eq!(encode(&png(SIDE_MAX + 1, 1), Wanted::Format(ImageFormat::Gif)), None);
        let broken = Picture { mime: "image/png".into(), bytes: vec![1, 2, 3].into() };
        assert_eq!(encode(&broken, Wanted::Format(ImageFormat::Jpeg)), None);
    }
}

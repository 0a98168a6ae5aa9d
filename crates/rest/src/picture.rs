//! Pictures in the format a client asked for (`docs/REST/$imageformat.md`).

use tessera_orda::pictures::{Codec, convert};
use tessera_values::Picture;

/// What a client may ask for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted {
    /// As it is stored.
    Original,
    /// As it is stored, if a browser can show that.
    Best,
    /// In this format.
    Format(&'static Codec),
}

impl Wanted {
    /// Reads `$imageformat`; `None` for a word that is none.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "best" => Some(Self::Best),
            word @ ("png" | "jpeg" | "jpg" | "gif" | "tiff" | "tif") => Codec::named(word).map(Self::Format),
            _ => None,
        }
    }

    /// What tells one wish from another.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Best => "best",
            Self::Format(codec) => codec.mime(),
        }
    }

    /// Is a picture of this type sent as it is?
    pub(crate) fn is_stored_as(self, mime: &str) -> bool {
        match self {
            Self::Original => true,
            Self::Best => is_shown_by_browsers(mime),
            Self::Format(codec) => codec.mime() == mime,
        }
    }
}

/// The picture in this format; `None` when it can't be converted.
pub(crate) fn encode(picture: &Picture, wanted: Wanted) -> Option<Picture> {
    match wanted {
        wanted if wanted.is_stored_as(&picture.mime) => Some(picture.clone()),
        Wanted::Original | Wanted::Best => convert(picture, Codec::named("png")?, None),
        Wanted::Format(codec) => convert(picture, codec, None),
    }
}

fn is_shown_by_browsers(mime: &str) -> bool {
    matches!(mime, "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "image/bmp" | "image/svg+xml")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One red pixel.
    fn gif() -> Picture {
        let bytes = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\x00\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";
        Picture { mime: "image/gif".into(), bytes: bytes.to_vec().into() }
    }

    #[test]
    fn a_picture_is_converted_to_every_format() {
        // R127
        for (word, mime) in [("JPEG", "image/jpeg"), ("png", "image/png"), ("tiff", "image/tiff")] {
            let converted = encode(&gif(), Wanted::parse(word).unwrap()).unwrap();
            assert_eq!((converted.mime.as_str(), Picture::sniff(&converted.bytes.0)), (mime, Some(mime)));
        }
        assert_eq!(encode(&gif(), Wanted::Best), Some(gif()));
        let tiff = encode(&gif(), Wanted::parse("tif").unwrap()).unwrap();
        assert_eq!(encode(&tiff, Wanted::Best).unwrap().mime, "image/png");
        assert!(Wanted::parse("heic").is_none());
    }

    #[test]
    fn a_broken_picture_is_not_converted() {
        let broken = Picture { mime: "image/png".into(), bytes: vec![1, 2, 3].into() };
        assert_eq!(encode(&broken, Wanted::parse("jpeg").unwrap()), None);
    }
}

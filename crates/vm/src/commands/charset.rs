//! Text to bytes and back, in the character sets that code names (`docs/commands/convert-to-text.md`).

use tessera_values::Value;

/// A character set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// UTF-8
    Utf8,
    /// UTF-16, big or little endian
    Utf16(Endian),
    /// UTF-32, big or little endian
    Utf32(Endian),
    /// ISO-8859-1
    Latin1,
    /// Windows-1252
    Windows1252,
    /// Mac OS Roman
    MacRoman,
    /// US-ASCII
    Ascii,
}

/// Which byte comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endian {
    /// The most significant one.
    Big,
    /// The least significant one.
    Little,
}

/// Names and MIBEnum numbers (`docs/commands/convert-from-text.md`).
const NAMES: &[(&str, i64, Charset)] = &[
    ("utf-8", 106, Charset::Utf8),
    ("utf8", 106, Charset::Utf8),
    ("utf-16", 1015, Charset::Utf16(Endian::Little)),
    ("utf-16le", 1014, Charset::Utf16(Endian::Little)),
    ("utf-16be", 1013, Charset::Utf16(Endian::Big)),
    ("utf-32", 1017, Charset::Utf32(Endian::Little)),
    ("utf-32le", 1019, Charset::Utf32(Endian::Little)),
    ("utf-32be", 1018, Charset::Utf32(Endian::Big)),
    ("iso-8859-1", 4, Charset::Latin1),
    ("latin1", 4, Charset::Latin1),
    ("windows-1252", 2252, Charset::Windows1252),
    ("ansi", 2252, Charset::Windows1252),
    ("macroman", 2027, Charset::MacRoman),
    ("macintosh", 2027, Charset::MacRoman),
    ("x-mac-roman", 2027, Charset::MacRoman),
    ("us-ascii", 3, Charset::Ascii),
    ("ascii", 3, Charset::Ascii),
];

/// What Windows-1252 has in the place of the control characters 0x80 to 0x9F.
const WINDOWS_1252: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ";

/// The upper half of Mac OS Roman.
const MAC_ROMAN: &str = "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…\u{A0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{F8FF}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ";

impl Charset {
    /// By name or MIBEnum number; nothing is UTF-8. `None` for a set that is not known.
    pub fn of(value: &Value) -> Option<Self> {
        let found = match value {
            Value::Undefined | Value::Null => return Some(Self::Utf8),
            Value::Text(name) if name.is_empty() => return Some(Self::Utf8),
            Value::Text(name) => {
                let name = name.to_lowercase();
                let name = name.strip_suffix("-no-bom").unwrap_or(&name);
                NAMES.iter().find(|(known, ..)| *known == name)
            }
            number => {
                let number = number.as_integer()?;
                NAMES.iter().find(|(_, known, _)| *known == number)
            }
        };
        found.map(|(.., charset)| *charset)
    }

    /// Reads bytes. A byte order mark at the beginning wins over the set asked for and is removed; what can't be read
    /// becomes U+FFFD.
    pub fn decode(self, bytes: &[u8]) -> String {
        let (charset, bytes) = match bytes {
            [0xEF, 0xBB, 0xBF, rest @ ..] => (Self::Utf8, rest),
            [0xFF, 0xFE, 0, 0, rest @ ..] => (Self::Utf32(Endian::Little), rest),
            [0, 0, 0xFE, 0xFF, rest @ ..] => (Self::Utf32(Endian::Big), rest),
            [0xFF, 0xFE, rest @ ..] => (Self::Utf16(Endian::Little), rest),
            [0xFE, 0xFF, rest @ ..] => (Self::Utf16(Endian::Big), rest),
            bytes => (self, bytes),
        };
        match charset {
            Self::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
            Self::Utf16(endian) => {
                let units = bytes.as_chunks::<2>().0.iter().map(|pair| match endian {
                    Endian::Big => u16::from_be_bytes(*pair),
                    Endian::Little => u16::from_le_bytes(*pair),
                });
                char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
            }
            Self::Utf32(endian) => {
                let codes = bytes.as_chunks::<4>().0.iter().map(|four| match endian {
                    Endian::Big => u32::from_be_bytes(*four),
                    Endian::Little => u32::from_le_bytes(*four),
                });
                codes.map(|code| char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
            }
            Self::Latin1 => bytes.iter().map(|byte| char::from(*byte)).collect(),
            Self::Windows1252 => bytes.iter().map(|byte| windows_character(*byte)).collect(),
            Self::MacRoman => bytes.iter().map(|byte| mac_character(*byte)).collect(),
            Self::Ascii => bytes
                .iter()
                .map(|byte| if byte.is_ascii() { char::from(*byte) } else { char::REPLACEMENT_CHARACTER })
                .collect(),
        }
    }

    /// Writes a text, without byte order mark; characters the set does not have become `?`.
    pub fn encode(self, text: &str) -> Vec<u8> {
        let by_table = |of: fn(char) -> Option<u8>| {
            let byte = |c: char| if c.is_ascii() { Some(c as u8) } else { of(c) };
            text.chars().map(|c| byte(c).unwrap_or(b'?')).collect()
        };
        match self {
            Self::Utf8 => text.as_bytes().to_vec(),
            Self::Utf16(Endian::Big) => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Self::Utf16(Endian::Little) => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Self::Utf32(Endian::Big) => text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect(),
            Self::Utf32(Endian::Little) => text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(),
            Self::Latin1 => by_table(|c| u8::try_from(c).ok()),
            Self::Windows1252 => by_table(windows_byte),
            Self::MacRoman => by_table(mac_byte),
            Self::Ascii => by_table(|_| None),
        }
    }

    /// The mark a file in this set begins with; empty for sets that have none.
    pub fn mark(self) -> Vec<u8> {
        match self {
            Self::Utf8 | Self::Utf16(_) | Self::Utf32(_) => self.encode("\u{FEFF}"),
            _ => Vec::new(),
        }
    }
}

fn windows_character(byte: u8) -> char {
    match byte {
        0x80..=0x9F => {
            WINDOWS_1252.chars().nth(usize::from(byte - 0x80)).unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        byte => char::from(byte),
    }
}

fn windows_byte(c: char) -> Option<u8> {
    let in_table = WINDOWS_1252.chars().position(|known| known == c).map(|at| 0x80 + at as u8);
    in_table.or_else(|| u8::try_from(c).ok().filter(|byte| *byte >= 0xA0))
}

fn mac_byte(c: char) -> Option<u8> {
    MAC_ROMAN.chars().position(|known| known == c).map(|at| 0x80 + at as u8)
}

fn mac_character(byte: u8) -> char {
    match byte {
        0x80.. => MAC_ROMAN.chars().nth(usize::from(byte - 0x80)).unwrap_or(char::REPLACEMENT_CHARACTER),
        byte => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_have_their_length() {
        assert_eq!(WINDOWS_1252.chars().count(), 32);
        assert_eq!(MAC_ROMAN.chars().count(), 128);
    }

    #[test]
    fn every_set_reads_what_it_writes() {
        for (name, _, charset) in NAMES {
            let text = if *charset == Charset::Ascii { "cafe" } else { "café" };
            assert_eq!(charset.decode(&charset.encode(text)), text, "{name}");
        }
        assert_eq!(Charset::Windows1252.encode("10 €é\u{80}"), b"10 \x80\xE9?");
        assert_eq!(Charset::Latin1.encode("é€"), b"\xE9?");
        assert_eq!(Charset::MacRoman.encode("Äˇ€и"), b"\x80\xFF\xDB?");
        assert_eq!(Charset::Latin1.decode(b"\xEF\xBB\xBF\xC3\xA9"), "é");
    }
}

//! CSV and JSON files.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read, Seek as _};

use anyhow::{Context as _, Result, bail, ensure};
use camino::{Utf8Path, Utf8PathBuf};
use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};
use tessera_model::{Attribute, AttributeKind, Catalog, Dataclass, FieldType};
use tessera_rest::name;

use super::progress::Progress;
use super::values::{Row, attribute_named, no_attribute, of_text};
use super::write::Writer;
use super::{Arguments, dataclass_named};

/// How CSV files are written.
#[derive(Debug, clap::Args)]
pub(crate) struct CsvArguments {
    /// What separates the values of a CSV file [default: the first line tells comma, semicolon or tab]
    #[arg(long, value_name = "CHARACTER")]
    separator: Option<char>,
}

/// Imports a file or a folder of files, all or nothing unless `--partial`; false when rows were bad.
pub(super) fn import(
    arguments: &Arguments,
    catalog: &Catalog,
    wanted: &dyn Fn(&Dataclass) -> bool,
    writer: &mut Writer<'_>,
) -> Result<bool> {
    let sources = find(arguments, catalog, wanted)?;
    writer.connection.begin()?;
    for (file, dataclass) in &sources {
        read(file, dataclass, &arguments.csv, writer)?;
    }
    let faults = writer.faults();
    if faults > 0 && !arguments.partial {
        writer.connection.rollback()?;
        eprintln!(
            "Nothing was imported: {faults} rows are bad. Mend them, or keep the others with --partial."
        );
        return Ok(false);
    }
    writer.connection.commit()?;
    Ok(faults == 0)
}

/// The files, each with the dataclass it is for.
fn find<'c>(
    arguments: &Arguments,
    catalog: &'c Catalog,
    wanted: &dyn Fn(&Dataclass) -> bool,
) -> Result<Vec<(Utf8PathBuf, &'c Dataclass)>> {
    let from = Utf8Path::new(&arguments.from);
    let kind = std::fs::metadata(from).with_context(|| format!("{from} can't be read"))?;
    if kind.is_file() {
        let name = arguments.into.as_deref().or_else(|| from.file_stem()).unwrap_or_default();
        let dataclass = dataclass_named(catalog, name).context("name it with --into")?;
        return Ok(vec![(from.to_owned(), dataclass)]);
    }
    ensure!(arguments.into.is_none(), "--into is for a single file; {from} is a folder");
    let mut found = Vec::new();
    for entry in from.read_dir_utf8().with_context(|| format!("{from} can't be read"))? {
        let path = entry?.into_path();
        if Form::of(&path).is_none() || !path.is_file() {
            continue;
        }
        let dataclass = dataclass_named(catalog, path.file_stem().unwrap_or_default())
            .with_context(|| format!("{path} is named after no dataclass"))?;
        if wanted(dataclass) {
            found.push((path, dataclass));
        }
    }
    ensure!(!found.is_empty(), "{from} holds no file to import: NAME.csv, NAME.json or NAME.jsonl");
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(found)
}

#[derive(Clone, Copy)]
enum Form {
    Csv,
    Json,
    JsonLines,
}

impl Form {
    fn of(path: &Utf8Path) -> Option<Self> {
        Some(match path.extension()?.to_ascii_lowercase().as_str() {
            "csv" | "tsv" | "txt" => Self::Csv,
            "json" => Self::Json,
            "jsonl" | "ndjson" => Self::JsonLines,
            _ => return None,
        })
    }
}

fn read(path: &Utf8Path, dataclass: &Dataclass, csv: &CsvArguments, writer: &mut Writer<'_>) -> Result<()> {
    let Some(form) = Form::of(path) else {
        bail!("{path} is no .csv, .json or .jsonl file");
    };
    let mut file = File::open(path).with_context(|| format!("{path} can't be read"))?;
    skip_mark(&mut file)?;
    let progress = Progress::new(&dataclass.name, file.metadata()?.len());
    let mut source = Source { path, dataclass, writer, progress };
    match form {
        Form::Csv => source.csv(file, csv)?,
        Form::Json => source.json(file)?,
        Form::JsonLines => source.json_lines(file)?,
    }
    let counts = source.writer.take_counts();
    source.progress.end(&counts.to_string());
    Ok(())
}

/// Leaves out the mark that some programs put before UTF-8.
fn skip_mark(file: &mut File) -> Result<()> {
    let mut mark = [0; 3];
    let read = file.read(&mut mark)?;
    if mark[..read] != *b"\xEF\xBB\xBF" {
        file.rewind()?;
    }
    Ok(())
}

struct Source<'s, 'c> {
    path: &'s Utf8Path,
    dataclass: &'s Dataclass,
    writer: &'s mut Writer<'c>,
    progress: Progress,
}

impl<'s> Source<'s, '_> {
    fn csv(&mut self, mut file: File, arguments: &CsvArguments) -> Result<()> {
        let separator = match arguments.separator {
            Some(given) => u8::try_from(given).context("--separator is one ASCII character")?,
            None => self.separator(&mut file)?,
        };
        let mut reader = csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(file);
        let head = reader.headers().with_context(|| format!("{}, line 1", self.path))?.clone();
        let columns: Vec<(&'s Attribute, FieldType)> =
            head.iter().map(|name| column(self.path, self.dataclass, name.trim())).collect::<Result<_>>()?;
        let mut record = csv::StringRecord::new();
        loop {
            let line = reader.position().line();
            match reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                // Not UTF-8 is a fault of one row; the next one may be read.
                Err(error) => {
                    self.writer.bad(&format!("{}:{line}: {error}", self.path), &self.progress)?;
                    continue;
                }
            }
            let mut row = Row::default();
            if record.len() != columns.len() {
                row.faults.push(format!("{} values, but {} columns", record.len(), columns.len()));
            }
            for ((attribute, field), text) in columns.iter().zip(&record) {
                row.take(attribute, *field, of_text(*field, text), text);
            }
            let at = record.position().map_or(line, csv::Position::line);
            self.writer.put(self.dataclass, row, &|| format!("{}:{at}", self.path), &self.progress)?;
            self.progress.at(reader.position().byte(), self.writer.counts.rows());
        }
    }

    /// What the first line has most of.
    fn separator(&self, file: &mut File) -> Result<u8> {
        let start = file.stream_position()?;
        let mut line = Vec::new();
        BufReader::new(&mut *file).take(1 << 20).read_until(b'\n', &mut line)?;
        file.seek(std::io::SeekFrom::Start(start))?;
        let count = |separator: u8| memchr::memchr_iter(separator, &line).count();
        Ok([b',', b';', b'\t'].into_iter().rev().max_by_key(|separator| count(*separator)).unwrap_or(b','))
    }

    fn json(&mut self, file: File) -> Result<()> {
        let path = self.path;
        let mut reader = serde_json::Deserializer::from_reader(BufReader::new(file));
        let read = Rows { source: self, number: 0 }.deserialize(&mut reader).and_then(|()| reader.end());
        read.map_err(|error| anyhow::anyhow!("{path}: {error}"))
    }

    fn json_lines(&mut self, file: File) -> Result<()> {
        let mut bytes = 0;
        for (number, line) in BufReader::new(file).lines().enumerate() {
            let line = line.with_context(|| format!("{}:{}", self.path, number + 1))?;
            bytes += line.len() as u64 + 1;
            if line.trim().is_empty() {
                continue;
            }
            let place = format!("{}:{}", self.path, number + 1);
            match serde_json::from_str::<Map<String, Json>>(&line) {
                Ok(object) => {
                    let row = Row::of_object(self.dataclass, &object);
                    self.writer.put(self.dataclass, row, &|| place.clone(), &self.progress)?;
                }
                Err(error) => self.writer.bad(&format!("{place}: {error}"), &self.progress)?,
            }
            self.progress.at(bytes, self.writer.counts.rows());
        }
        Ok(())
    }
}

/// The field that a column of a CSV file fills: a relation's column fills the field that holds the reference.
fn column<'d>(path: &Utf8Path, dataclass: &'d Dataclass, name: &str) -> Result<(&'d Attribute, FieldType)> {
    let attribute = attribute_named(dataclass, name)
        .with_context(|| format!("{path}:1: {}", no_attribute(dataclass, name)))?;
    let stored = match attribute.kind {
        AttributeKind::RelatedEntity { foreign_key, .. } => dataclass.attribute(foreign_key),
        _ => attribute,
    };
    match stored.field() {
        Some(field) => Ok((stored, field.field_type)),
        None => bail!("{path}:1: {name} is not stored; leave the column out"),
    }
}

/// A list of objects that is written while it is read, or an object with such a list in `__ENTITIES`.
struct Rows<'r, 's, 'c> {
    source: &'r mut Source<'s, 'c>,
    number: u64,
}

impl<'de> DeserializeSeed<'de> for Rows<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Rows<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        let source = self.source;
        while let Some(object) = list.next_element::<Map<String, Json>>()? {
            self.number += 1;
            let row = Row::of_object(source.dataclass, &object);
            let place = || format!("{}, entity {}", source.path, self.number);
            source.writer.put(source.dataclass, row, &place, &source.progress).map_err(A::Error::custom)?;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let source = self.source;
        let mut found = false;
        while let Some(member) = object.next_key::<String>()? {
            if member == name::ENTITIES {
                object.next_value_seed(Rows { source: &mut *source, number: 0 })?;
                found = true;
            } else {
                object.next_value::<serde::de::IgnoredAny>()?;
            }
        }
        if found {
            Ok(())
        } else {
            Err(A::Error::custom(format_args!("an object without a list {}", name::ENTITIES)))
        }
    }
}

//! A running server that speaks the REST protocol.
//!
//! Entities come in pages in the order of their keys, each page in a transaction of its own; how far the import is
//! stands in a file of the data folder, and the same command goes on from there.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use tessera_model::{Attribute, AttributeKind, Catalog, Dataclass, FieldType};
use tessera_rest::name;
use tessera_values::Scalar;

use super::progress::Progress;
use super::values::{Row, picture};
use super::write::Writer;
use super::{Arguments, Existing};

mod client;

use client::Client;

/// How a server is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct RemoteArguments {
    /// Log in with $directory/login as this user; the password is in TESSERA_IMPORT_PASSWORD
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Log in with authentify: its parameters as a JSON list; TESSERA_IMPORT_PASSWORD takes the place of "$PASSWORD"
    #[arg(long, value_name = "JSON", conflicts_with = "user")]
    authentify: Option<String>,
    /// How many entities are asked for at once
    #[arg(long, value_name = "N", default_value_t = 500)]
    page: u64,
    /// Don't check the server's certificate
    #[arg(long)]
    insecure: bool,
}

/// The file that says how far an import is.
const STATE: &str = "tessera-import.json";

/// How far an import is.
#[derive(Debug, Default, Serialize, Deserialize)]
struct State {
    from: String,
    /// Entities that are here, by dataclass.
    taken: BTreeMap<String, u64>,
    done: Vec<String>,
}

impl State {
    fn read(file: &Utf8Path, from: &str) -> Result<Self> {
        let fresh = Self { from: from.to_owned(), ..Self::default() };
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(fresh),
            Err(error) => return Err(error).with_context(|| format!("{file} can't be read")),
        };
        let state: Self = serde_json::from_str(&text)
            .with_context(|| format!("{file} is damaged; delete it to begin anew"))?;
        if state.from != from {
            bail!("an import from {} is not finished. Finish it, or delete {file} to begin anew", state.from);
        }
        eprintln!("Going on with the import that was interrupted.");
        Ok(state)
    }

    fn write(&self, file: &Utf8Path) -> Result<()> {
        let draft = Utf8PathBuf::from(format!("{file}.new"));
        let text = serde_json::to_string(self)?;
        std::fs::write(&draft, text)
            .and_then(|()| std::fs::rename(&draft, file))
            .with_context(|| format!("{file} can't be written"))
    }
}

/// Imports every dataclass that both sides know; false when entities were bad.
pub(super) fn import(
    arguments: &Arguments,
    data: &Utf8Path,
    catalog: &Catalog,
    wanted: &dyn Fn(&Dataclass) -> bool,
    writer: &mut Writer<'_>,
) -> Result<bool> {
    let asked = &arguments.remote;
    let file = data.join(STATE);
    let mut client = Client::new(&arguments.from, asked.insecure)?;
    let mut state = State::read(&file, &arguments.from)?;
    client.log_in(asked.user.as_deref(), asked.authentify.as_deref())?;
    let offered = offered(&mut client)?;
    let is_offered = |dataclass: &Dataclass| offered.contains_key(dataclass.name.as_str());
    if !catalog.dataclasses().iter().any(|dataclass| wanted(dataclass) && is_offered(dataclass)) {
        bail!("the server offers this user none of the dataclasses; log in with --user or --authentify");
    }
    std::fs::create_dir_all(data).with_context(|| format!("the folder {data} can't be made"))?;
    for dataclass in catalog.dataclasses().iter().filter(|dataclass| wanted(dataclass)) {
        let name = dataclass.name.to_string();
        let Some(attributes) = offered.get(&name) else {
            eprintln!("{name}: the server does not offer it");
            continue;
        };
        if state.done.contains(&name) {
            eprintln!("{name}: is here already");
            continue;
        }
        let pages =
            Pages { dataclass, attributes: asked_for(dataclass, attributes), size: asked.page.max(1) };
        pages.take(&mut client, writer, &mut state, &file)?;
        state.done.push(name);
        state.write(&file)?;
    }
    match std::fs::remove_file(&file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("{file} can't be removed"));
        }
        _ => {}
    }
    client.log_out();
    Ok(writer.faults() == 0)
}

/// What the server has: names of attributes by dataclass.
fn offered(client: &mut Client) -> Result<BTreeMap<String, Vec<String>>> {
    let catalog = client.json("/$catalog/$all")?;
    let list =
        |value: &Json, member: &str| value.get(member).and_then(Json::as_array).cloned().unwrap_or_default();
    let name = |value: &Json| value.get("name").and_then(Json::as_str).unwrap_or_default().to_owned();
    Ok(list(&catalog, "dataClasses")
        .iter()
        .map(|dataclass| (name(dataclass), list(dataclass, "attributes").iter().map(name).collect()))
        .collect())
}

/// The stored attributes that the server has, and relations whose own field it does not show.
fn asked_for<'d>(dataclass: &'d Dataclass, offered: &[String]) -> Vec<&'d Attribute> {
    let has = |attribute: &Attribute| offered.iter().any(|name| *name == attribute.name);
    let is_asked = |attribute: &&Attribute| match attribute.kind {
        AttributeKind::Storage(_) => has(attribute) && dataclass.has_its_name(attribute),
        AttributeKind::RelatedEntity { foreign_key, .. } => {
            let own = dataclass.attribute(foreign_key);
            has(attribute) && !(has(own) && dataclass.has_its_name(own))
        }
        _ => false,
    };
    dataclass.attributes().iter().filter(is_asked).collect()
}

struct Pages<'d> {
    dataclass: &'d Dataclass,
    attributes: Vec<&'d Attribute>,
    size: u64,
}

impl Pages<'_> {
    fn take(
        &self,
        client: &mut Client,
        writer: &mut Writer<'_>,
        state: &mut State,
        file: &Utf8Path,
    ) -> Result<()> {
        let dataclass = self.dataclass.name.to_string();
        let mut taken = state.taken.get(&dataclass).copied().unwrap_or(0);
        let existing = writer.existing;
        if taken > 0 {
            // The page that was under way may be here without being noted.
            writer.existing = Existing::Replace;
        }
        let mut progress = None;
        loop {
            let page = client.json(&self.target(taken))?;
            let entities = page.get(name::ENTITIES).and_then(Json::as_array);
            let entities =
                entities.with_context(|| format!("{dataclass}: an answer without {}", name::ENTITIES))?;
            let all = page.get(name::COUNT).and_then(Json::as_u64).unwrap_or(taken + entities.len() as u64);
            let progress = progress.get_or_insert_with(|| Progress::new(&dataclass, all));
            if entities.is_empty() {
                break;
            }
            // Read before the transaction begins: others may write while pictures come.
            let mut rows = Vec::with_capacity(entities.len());
            for entity in entities {
                let object = entity
                    .as_object()
                    .with_context(|| format!("{dataclass}: an entity that is no object"))?;
                rows.push((key_of(object), self.row(client, object)?));
            }
            let faults = writer.faults();
            writer.connection.begin()?;
            for (key, row) in rows {
                writer.put(self.dataclass, row, &|| format!("{dataclass}({key})"), progress)?;
            }
            if writer.faults() > faults && !writer.partial {
                writer.connection.rollback()?;
                bail!(
                    "{dataclass}: stopped at a page with bad entities; the {taken} before it are here. \
                     Go on without the bad ones with --partial"
                );
            }
            writer.connection.commit()?;
            writer.existing = existing;
            taken += entities.len() as u64;
            state.taken.insert(dataclass.clone(), taken);
            state.write(file)?;
            progress.at(taken, taken);
            if taken >= all {
                break;
            }
        }
        let counts = writer.take_counts();
        if let Some(progress) = progress {
            progress.end(&counts.to_string());
        }
        Ok(())
    }

    fn target(&self, skip: u64) -> String {
        let names: Vec<&str> = self.attributes.iter().map(|attribute| attribute.name.as_str()).collect();
        let options = [
            ("$attributes", names.join(",")),
            ("$orderby", format!("\"{} asc\"", self.dataclass.key_attribute().name)),
            ("$skip", skip.to_string()),
            ("$top", self.size.to_string()),
        ];
        let options: Vec<String> =
            options.iter().map(|(name, value)| format!("{name}={}", client::encode(value))).collect();
        format!("/{}?{}", client::encode(&self.dataclass.name), options.join("&"))
    }

    /// An entity as a row; pictures and blobs that were only named are asked for.
    fn row(&self, client: &mut Client, entity: &Map<String, Json>) -> Result<Row> {
        let mut plain = Map::new();
        let mut bytes = Vec::new();
        for (name, value) in entity {
            let attribute = self.attributes.iter().find(|attribute| *attribute.name == *name);
            let field = attribute.and_then(|attribute| Some((attribute, attribute.field()?.field_type)));
            match (field, deferred(value)) {
                (Some((attribute, field @ (FieldType::Picture | FieldType::Blob))), Some(uri)) => {
                    bytes.push((*attribute, field, client.bytes(uri)?));
                }
                _ => {
                    plain.insert(name.clone(), value.clone());
                }
            }
        }
        let mut row = Row::of_object(self.dataclass, &plain);
        for (attribute, field, bytes) in bytes {
            let value = match field {
                FieldType::Picture => picture(bytes),
                _ if bytes.is_empty() => Some(Scalar::Null),
                _ => Some(Scalar::Blob(bytes.into())),
            };
            row.take(attribute, field, value, "what the server sent");
        }
        Ok(row)
    }
}

fn key_of(entity: &Map<String, Json>) -> String {
    match entity.get(name::KEY) {
        Some(Json::String(key)) => key.clone(),
        Some(key) => key.to_string(),
        None => String::from("?"),
    }
}

fn deferred(value: &Json) -> Option<&str> {
    value.get(name::DEFERRED)?.get("uri")?.as_str()
}

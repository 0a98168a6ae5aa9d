//! Pictures and blobs by themselves: uploading, storing, clearing (rest-protocol sections 5.7 and 8.6).

use std::rc::Rc;
use std::sync::Arc;

use tessera_model::FieldType;
use tessera_orda::{Entity, Run, multipart};
use tessera_store::Columns;
use tessera_values::{Picture, Value};

use super::{read, write};
use crate::error::RestError;
use crate::options::Options;
use crate::plan::{Chosen, ContentOf};
use crate::request::{Request, Response};
use crate::uploads::{self, Content};

/// `POST $upload`: keeps the body and answers its id.
pub(super) fn upload(run: &Run, options: &Options, request: &Request) -> Result<Response, RestError> {
    let content = content_of(options, request)?;
    let id = uploads::keep(run, content, options.timeout)?;
    Ok(Response::json(200, format!("{{\"ID\":\"{id}\"}}")))
}

/// What was sent: the body, or the first file of a form (R086).
fn sent(request: &Request) -> Result<&[u8], RestError> {
    let Some(kind) = &request.multipart else { return Ok(&request.body) };
    multipart::file(&request.body, kind)
        .map(|part| part.bytes)
        .map_err(|fault| RestError::malformed(fault.to_string()))
}

/// What was sent as a picture (`$rawPict`) or as a blob (`$binary`).
fn content_of(options: &Options, request: &Request) -> Result<Content, RestError> {
    if !options.raw_picture && !options.binary {
        return Err(RestError::malformed("An upload needs $rawPict=true for a picture or $binary=true"));
    }
    let bytes = sent(request)?;
    if !options.raw_picture {
        return Ok(Content::Blob(bytes.to_vec().into()));
    }
    // The type is the one the bytes have, whatever the client calls it.
    let mime = Picture::sniff(bytes)
        .ok_or_else(|| RestError::new(400, 1824, "The body is no picture of a known type"))?;
    Ok(Content::Picture(Picture { mime: mime.into(), bytes: bytes.to_vec().into() }))
}

fn entity(run: &mut Run, chosen: &Chosen) -> Result<Rc<Entity>, RestError> {
    let row = read::row(run, chosen, &Columns::all())?;
    Ok(Entity::from_row(&Rc::clone(run.context()), chosen.dataclass, row))
}

/// `POST Employee(1)/photo?$rawPict=image/png`: stores the body and saves the entity.
pub(super) fn store(
    run: &mut Run,
    of: &ContentOf,
    options: &Options,
    request: &Request,
) -> Result<Response, RestError> {
    let catalog = &run.context().application().catalog;
    let field = catalog.dataclass(of.chosen.dataclass).attribute(of.attribute).field();
    // Older clients only say what it is when it is a picture.
    let is_picture = field.is_some_and(|field| field.field_type == FieldType::Picture);
    let says_nothing = !options.raw_picture && !options.binary;
    let content = if says_nothing && !is_picture {
        Content::Blob(sent(request)?.to_vec().into())
    } else {
        content_of(&Options { raw_picture: is_picture, ..options.clone() }, request)?
    };
    assign(run, of, content.into_value())
}

/// `DELETE Employee(1)/photo`: empties the attribute and saves the entity.
pub(super) fn clear(run: &mut Run, of: &ContentOf) -> Result<Response, RestError> {
    assign(run, of, Value::Null)
}

fn assign(run: &mut Run, of: &ContentOf, value: Value) -> Result<Response, RestError> {
    let entity = entity(run, &of.chosen)?;
    let application = Arc::clone(run.context().application());
    let attribute = application.catalog.dataclass(of.chosen.dataclass).attribute(of.attribute);
    entity.assign(run.process(), attribute, value)?;
    write::save(run, &entity)?;
    Ok(Response::ok())
}

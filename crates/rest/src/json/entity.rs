//! Entities on the wire (rest-protocol sections 3.1 and 3.4).

use std::ops::Range;

use tessera_model::{Attribute, AttributeKind, Dataclass, DataclassId, FieldType};
use tessera_orda::{Context, Entity, Leads, Selection};
use tessera_store::Row;
use tessera_values::{Scalar, push_integer, write_json_string};

use super::level::{Level, RELATED_MAX, Related};
use super::projection::{Node, Projection};
use super::value::{key_text, push, push_uri, write_computed, write_key, write_scalar, write_timestamp};

/// Writes entities of one level.
pub(crate) struct EntityWriter<'w> {
    pub(crate) context: &'w Context,
    pub(crate) projection: &'w Projection,
    pub(crate) level: &'w Level,
    /// Are null attributes left out, as answers to updates do?
    pub(crate) omit_nulls: bool,
    /// Is it an element of a bare array? Its key has the type it has in the data, and nothing tells of relations that
    /// were not asked for.
    is_array_element: bool,
    nodes: Vec<Shown<'w>>,
    /// `,"name":` of each attribute, one after the other.
    labels: String,
}

/// An attribute of the answer, looked up once for all entities.
struct Shown<'w> {
    node: &'w Node,
    attribute: &'w Attribute,
    readable: bool,
    leads: Leads,
    /// Where its label is.
    label: Range<usize>,
}

/// Room for most labels.
const LABEL_BYTES: usize = 16;

impl Shown<'_> {
    fn is_relation(&self) -> bool {
        self.leads != Leads::Value
    }
}

impl<'w> EntityWriter<'w> {
    pub(crate) fn new(context: &'w Context, projection: &'w Projection, level: &'w Level) -> Self {
        let dataclass = projection.dataclass.unwrap_or(tessera_model::DataclassId(0));
        let catalog = &context.application().catalog;
        let described = catalog.dataclass(dataclass);
        let mut nodes = Vec::with_capacity(projection.nodes.len());
        let mut labels = String::with_capacity(projection.nodes.len() * LABEL_BYTES);
        for (node, readable) in projection.readable(context) {
            let attribute = described.attribute(node.attribute);
            let start = labels.len();
            labels.push(',');
            write_json_string(&mut labels, &attribute.name);
            labels.push(':');
            let leads = Leads::of(catalog, described, attribute);
            nodes.push(Shown { node, attribute, readable, leads, label: start..labels.len() });
        }
        Self { context, projection, level, omit_nulls: false, is_array_element: false, nodes, labels }
    }

    /// Writes elements of a bare array from now on.
    pub(crate) fn as_array_element(&mut self) {
        self.is_array_element = true;
        self.nodes.retain(|shown| shown.node.named || shown.node.below.is_some() || !shown.is_relation());
    }

    fn dataclass(&self) -> &'w Dataclass {
        let id = self.projection.dataclass.unwrap_or(tessera_model::DataclassId(0));
        self.context.application().catalog.dataclass(id)
    }

    /// `"__entityModel":…,"__DATACLASS":…,` of an entity at the top of an answer.
    pub(crate) fn write_header(&self, out: &mut String) {
        out.push_str("\"__entityModel\":");
        write_json_string(out, &self.dataclass().name);
        out.push_str(",\"__DATACLASS\":");
        write_json_string(out, &self.dataclass().name);
        out.push(',');
    }

    /// An entity with its braces.
    pub(crate) fn write(&self, out: &mut String, index: usize) {
        out.push('{');
        self.write_members(out, index);
        out.push('}');
    }

    /// `__KEY`, `__TIMESTAMP`, `__STAMP` and the attributes.
    pub(crate) fn write_members(&self, out: &mut String, index: usize) {
        let row = &self.level.rows[index];
        out.push_str("\"__KEY\":");
        if self.is_array_element {
            write_scalar(out, self.key(row));
        } else {
            write_key(out, self.key(row));
            out.push_str(",\"__TIMESTAMP\":");
            write_timestamp(out, row.timestamp_ms);
        }
        out.push_str(",\"__STAMP\":");
        push_integer(out, row.stamp);
        self.write_attributes(out, index);
    }

    fn key(&self, row: &'w Row) -> &'w Scalar {
        row.values.get(self.dataclass().key.index()).unwrap_or(&Scalar::Null)
    }

    /// The attributes, each with a comma before it.
    pub(crate) fn write_attributes(&self, out: &mut String, index: usize) {
        let row = &self.level.rows[index];
        for Shown { node, attribute, readable, leads, label } in &self.nodes {
            let before = out.len();
            out.push_str(&self.labels[label.clone()]);
            let value_at = out.len();
            if *readable {
                self.write_value(out, index, row, attribute, node, *leads);
            } else {
                out.push_str("{\"__INVALID\":1}");
            }
            if self.omit_nulls && &out[value_at..] == "null" {
                out.truncate(before);
            }
        }
    }

    fn write_value(
        &self,
        out: &mut String,
        index: usize,
        row: &Row,
        attribute: &Attribute,
        node: &Node,
        leads: Leads,
    ) {
        match &attribute.kind {
            AttributeKind::Storage(field) => {
                let value = row.values.get(attribute.id.index()).unwrap_or(&Scalar::Null);
                match field.field_type {
                    FieldType::Picture => self.write_bytes(out, row, attribute, value, "$imageformat=best"),
                    FieldType::Blob => self.write_bytes(out, row, attribute, value, "$binary=true"),
                    _ => write_scalar(out, value),
                }
            }
            AttributeKind::RelatedEntity { target, foreign_key, .. } => {
                let link = row.values.get(foreign_key.index()).unwrap_or(&Scalar::Null);
                if link.is_null() {
                    out.push_str("null");
                } else if let Some((related, below)) = self.related(node) {
                    match related.by_link.get(&key_text(link)).and_then(|indexes| indexes.first()) {
                        Some(index) => self.below(related, below).write(out, *index),
                        None => out.push_str("null"),
                    }
                } else {
                    self.write_deferred_entity(out, *target, link);
                }
            }
            AttributeKind::RelatedEntities { destination, .. } => {
                if let Some((related, below)) = self.related(node) {
                    let link = row.values.get(destination.index()).unwrap_or(&Scalar::Null);
                    let indexes = related.by_link.get(&key_text(link)).map(Vec::as_slice).unwrap_or_default();
                    let writer = self.below(related, below);
                    self.write_related(out, row, attribute, &writer, indexes.iter().copied(), indexes.len());
                } else {
                    self.write_deferred_selection(out, row, attribute);
                }
            }
            AttributeKind::Calculated(_) | AttributeKind::Alias { .. } if leads != Leads::Value => {
                self.write_entities(out, index, row, attribute, node, leads);
            }
            AttributeKind::Calculated(_) | AttributeKind::Alias { .. } => {
                match self.level.computed.get(&attribute.id).and_then(|values| values.get(index)) {
                    // A function that does not say what it returns may return anything.
                    Some(value) if value.as_native::<Selection>().is_some() => {
                        self.write_deferred_selection(out, row, attribute);
                    }
                    Some(value) => match value.as_native::<Entity>() {
                        Some(entity) => self.write_deferred_entity(out, entity.dataclass(), &entity.key()),
                        None => write_computed(out, value),
                    },
                    None => out.push_str("null"),
                }
            }
        }
    }

    /// The entities that an alias or a computed attribute leads to.
    fn write_entities(
        &self,
        out: &mut String,
        index: usize,
        row: &Row,
        attribute: &Attribute,
        node: &Node,
        leads: Leads,
    ) {
        if let (Some(nested), Some(below)) = (self.level.nested.get(&attribute.id), node.below.as_ref()) {
            let writer = EntityWriter::new(self.context, below, &nested.level);
            let (range, count) = nested.of_rows.get(index).cloned().unwrap_or_default();
            match leads {
                Leads::Many(_) => self.write_related(out, row, attribute, &writer, range, count),
                _ if range.is_empty() => out.push_str("null"),
                _ => writer.write(out, range.start),
            }
            return;
        }
        let value = self.level.computed.get(&attribute.id).and_then(|values| values.get(index));
        let entity = value.and_then(|value| value.as_native::<Entity>());
        match (leads.target(), entity) {
            (Some(target), _) if !self.context.application().catalog.dataclass(target).exposed => {
                out.push_str("null");
            }
            (Some(target), Some(entity)) if entity.dataclass() == target && !entity.key().is_null() => {
                self.write_deferred_entity(out, target, &entity.key());
            }
            _ if matches!(leads, Leads::Many(_)) => self.write_deferred_selection(out, row, attribute),
            _ => out.push_str("null"),
        }
    }

    fn write_deferred_entity(&self, out: &mut String, target: DataclassId, key: &Scalar) {
        let target = &self.context.application().catalog.dataclass(target).name;
        out.push_str("{\"__deferred\":{\"uri\":\"");
        push_uri(out, target, key);
        out.push_str("\",\"__KEY\":");
        write_key(out, key);
        out.push_str("}}");
    }

    fn write_deferred_selection(&self, out: &mut String, row: &Row, attribute: &Attribute) {
        out.push_str("{\"__deferred\":{\"uri\":\"");
        self.push_attribute_uri(out, row, attribute);
        out.push_str("?$expand=");
        out.push_str(&attribute.name);
        out.push_str("\"}}");
    }

    fn related(&self, node: &'w Node) -> Option<(&'w Related, &'w Projection)> {
        Some((self.level.related.get(&node.attribute)?, node.below.as_ref()?))
    }

    fn below(&self, related: &'w Related, below: &'w Projection) -> EntityWriter<'w> {
        EntityWriter::new(self.context, below, &related.level)
    }

    /// A related selection inside an entity.
    fn write_related(
        &self,
        out: &mut String,
        row: &Row,
        attribute: &Attribute,
        writer: &EntityWriter<'_>,
        indexes: impl Iterator<Item = usize>,
        count: usize,
    ) {
        out.push_str("{\"__ENTITYSET\":\"");
        self.push_attribute_uri(out, row, attribute);
        push(
            out,
            format_args!(
                "?$expand={}\",\"__GlobalStamp\":{},\"__COUNT\":{},\"__FIRST\":0,\"__ENTITIES\":[",
                attribute.name,
                // Read already for the answer around it; a database that fails now is no reason to break off.
                self.context.global_stamp().unwrap_or(0),
                count
            ),
        );
        let mut sent = 0;
        for index in indexes.take(RELATED_MAX) {
            if sent > 0 {
                out.push(',');
            }
            writer.write(out, index);
            sent += 1;
        }
        push(out, format_args!("],\"__SENT\":{sent}}}"));
    }

    fn push_attribute_uri(&self, out: &mut String, row: &Row, attribute: &Attribute) {
        push_uri(out, &self.dataclass().name, self.key(row));
        out.push('/');
        out.push_str(&attribute.name);
    }

    /// Pictures and blobs are fetched on their own.
    fn write_bytes(&self, out: &mut String, row: &Row, attribute: &Attribute, value: &Scalar, options: &str) {
        // An entity in memory has its bytes, a row of a page only says how many there are.
        let is_empty = match value {
            Scalar::Picture(picture) => picture.bytes.is_empty(),
            Scalar::Blob(blob) => blob.is_empty(),
            Scalar::Integer(length) => *length == 0,
            _ => true,
        };
        if is_empty {
            out.push_str("null");
            return;
        }
        out.push_str("{\"__deferred\":{\"uri\":\"");
        self.push_attribute_uri(out, row, attribute);
        push(out, format_args!("?{options}&$version={}&$expand={}\"", row.stamp, attribute.name));
        let is_image = attribute.field().is_some_and(|field| field.field_type == FieldType::Picture);
        out.push_str(if is_image { ",\"image\":true}}" } else { "}}" });
    }
}

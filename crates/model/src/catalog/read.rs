//! From the XML of a catalog file to a [`Catalog`] (`project-layout.md` sections 2 and 3).
//!
//! Unknown elements and attributes are ignored. What can't be used is skipped with a warning; only what would make
//! names ambiguous is an error.

use std::collections::{HashMap, HashSet};

use tessera_values::Text;

use super::{Catalog, Table};
use crate::xml::{Element, position};
use crate::{
    Attribute, AttributeId, AttributeKind, CatalogError, CatalogWarning, Dataclass, DataclassId, Field,
    FieldType, Integrity, Relation, SkipReason,
};

pub(super) fn read(xml: &str) -> Result<Catalog, CatalogError> {
    let xml = xml.strip_prefix('\u{FEFF}').unwrap_or(xml);
    let base = Element::parse(xml).map_err(|fault| {
        let (line, column) = position(xml, fault.offset);
        CatalogError::Xml { line, column, message: fault.message }
    })?;
    if base.name != "base" {
        let (line, column) = position(xml, base.offset());
        return Err(CatalogError::NotACatalog { line, column, found: base.name });
    }
    let mut reader = Reader::new(xml, &base);
    reader.tables(&base)?;
    reader.indexes(&base);
    reader.relations(&base);
    Ok(reader.catalog)
}

struct Reader<'x> {
    xml: &'x str,
    catalog: Catalog,
    /// Field uuid to attribute; only fields of dataclasses.
    by_uuid: HashMap<String, (DataclassId, AttributeId)>,
}

impl<'x> Reader<'x> {
    fn new(xml: &'x str, base: &Element) -> Self {
        let catalog = Catalog {
            name: base.text("name").into(),
            uuid: base.text("uuid").into(),
            collation_locale: base.text("collation_locale").into(),
            warnings: Vec::new(),
            dataclasses: Vec::new(),
            tables: Vec::new(),
            relations: Vec::new(),
            by_name: HashMap::new(),
        };
        Self { xml, catalog, by_uuid: HashMap::new() }
    }

    fn warn(&mut self, element: &Element, reason: SkipReason) {
        let (line, column) = position(self.xml, element.offset());
        self.catalog.warnings.push(CatalogWarning { line, column, reason });
    }

    fn twice(&self, element: &Element, name: String) -> CatalogError {
        let (line, column) = position(self.xml, element.offset());
        CatalogError::Twice { line, column, name }
    }

    fn name(&self, element: &Element, kind: &'static str) -> Result<Text, CatalogError> {
        match element.text("name") {
            "" => {
                let (line, column) = position(self.xml, element.offset());
                Err(CatalogError::Nameless { line, column, element: kind })
            }
            name => Ok(name.into()),
        }
    }

    fn tables(&mut self, base: &Element) -> Result<(), CatalogError> {
        // Twelve of 450 real tables lack their number; they get the next free one in file order.
        let mut last = base.all("table").filter_map(number).max().unwrap_or(0);
        let mut seen = HashSet::new();
        let mut names = HashSet::new();
        for element in base.all("table") {
            let number = number(element).unwrap_or_else(|| {
                last = last.saturating_add(1);
                last
            });
            if element.child("table_extra").is_some_and(|extra| extra.flag("trashed")) {
                continue;
            }
            let name = self.name(element, "table")?;
            if !seen.insert(number) {
                return Err(self.twice(element, format!("table number {number}")));
            }
            if !names.insert(name.clone()) {
                return Err(self.twice(element, format!("table {name}")));
            }
            self.table(element, name, number)?;
        }
        Ok(())
    }

    fn table(&mut self, element: &Element, name: Text, table_number: u32) -> Result<(), CatalogError> {
        let exposed = !element.flag("hide_in_REST");
        let mut fields: Vec<Attribute> = Vec::new();
        for (index, child) in element.all("field").enumerate() {
            let field_name = self.name(child, "field")?;
            if fields.iter().any(|field| field.name == field_name) {
                return Err(self.twice(child, format!("field {name}.{field_name}")));
            }
            let Some(field_type) = field_type(child) else {
                let reason = SkipReason::UnknownType {
                    table: name.clone(),
                    field: field_name,
                    code: child.text("type").into(),
                };
                self.warn(child, reason);
                continue;
            };
            fields.push(Attribute {
                id: AttributeId(0),
                name: field_name,
                uuid: child.text("uuid").into(),
                exposed: exposed && !child.flag("hide_in_REST"),
                kind: AttributeKind::Storage(field(child, field_type, index as u32 + 1)),
            });
        }
        let mut table = Table {
            number: table_number,
            name: name.clone(),
            dataclass: None,
            fields: fields
                .iter()
                .filter_map(|field| Some((field.field()?.number, field.name.clone())))
                .collect(),
        };
        match key(element, &fields) {
            Ok(key) => {
                let id = DataclassId(self.catalog.dataclasses.len() as u32);
                let mut dataclass = Dataclass::new(
                    id,
                    name.clone(),
                    table_number,
                    element.text("uuid").into(),
                    exposed,
                    element.flag("leave_tag_on_delete"),
                    key,
                );
                for field in fields {
                    let uuid = field.uuid.to_string();
                    if let Some(attribute) = dataclass.push(field)
                        && !uuid.is_empty()
                    {
                        self.by_uuid.insert(uuid, (id, attribute));
                    }
                }
                table.dataclass = Some(id);
                self.catalog.by_name.insert(name, id);
                self.catalog.dataclasses.push(dataclass);
            }
            Err(keys) => self.warn(element, SkipReason::NoSingleKey { table: name, keys }),
        }
        self.catalog.tables.push(table);
        Ok(())
    }

    fn indexes(&mut self, base: &Element) {
        for element in base.all("index") {
            let Some((dataclass, attribute)) =
                element.child("field_ref").and_then(|reference| self.resolve(reference))
            else {
                continue;
            };
            let attribute = self.catalog.dataclasses[dataclass.index()].attribute_mut(attribute);
            if let AttributeKind::Storage(field) = &mut attribute.kind {
                match element.text("kind") {
                    "keywords" => field.keyword_indexed = true,
                    _ => field.indexed = true,
                }
            }
        }
    }

    /// A field by its uuid. Real files carry table uuids that match no table, so the field's decides; without a
    /// match the names do.
    fn resolve(&self, reference: &Element) -> Option<(DataclassId, AttributeId)> {
        self.by_uuid.get(reference.text("uuid")).copied().or_else(|| {
            let table = reference.child("table_ref")?;
            let dataclass = self.catalog.dataclass_named(table.text("name"))?;
            let attribute = dataclass.attribute_named(reference.text("name"))?;
            attribute.is_storage().then_some((dataclass.id, attribute.id))
        })
    }

    fn relations(&mut self, base: &Element) {
        for element in base.all("relation") {
            // An active relation has state 1; any other is one the editor keeps but 4D does not use.
            if element.text("state") != "1" {
                continue;
            }
            let end = |kind: &str| {
                element
                    .all("related_field")
                    .find(|field| field.text("kind") == kind)
                    .and_then(|field| self.resolve(field.child("field_ref")?))
            };
            let (Some(source), Some(destination)) = (end("source"), end("destination")) else {
                let name = format!("{} / {}", element.text("name_Nto1"), element.text("name_1toN"));
                self.warn(element, SkipReason::RelationEnd { name: name.into() });
                continue;
            };
            self.relation(element, source, destination);
        }
    }

    fn relation(
        &mut self,
        element: &Element,
        (source, foreign_key): (DataclassId, AttributeId),
        (destination, referenced): (DataclassId, AttributeId),
    ) {
        let optional = |name: &str| (!name.is_empty()).then(|| Text::from(name));
        let (to_one, to_many) = (optional(element.text("name_Nto1")), optional(element.text("name_1toN")));
        let exposed =
            [source, destination].iter().all(|dataclass| self.catalog.dataclasses[dataclass.index()].exposed);
        let uuid: Text = element.text("uuid").into();
        if let Some(name) = &to_one {
            let kind = AttributeKind::RelatedEntity {
                target: destination,
                foreign_key,
                destination: referenced,
                inverse: to_many.clone(),
            };
            self.relation_attribute(element, source, name, &uuid, exposed, kind);
        }
        if let Some(name) = &to_many {
            let kind = AttributeKind::RelatedEntities {
                target: source,
                source: foreign_key,
                destination: referenced,
                inverse: to_one.clone(),
            };
            self.relation_attribute(element, destination, name, &uuid, exposed, kind);
        }
        let integrity = match element.text("integrity") {
            "delete" => Integrity::Delete,
            "reject" => Integrity::Reject,
            _ => Integrity::None,
        };
        self.catalog.relations.push(Relation {
            uuid,
            source,
            foreign_key,
            destination,
            referenced,
            integrity,
        });
    }

    fn relation_attribute(
        &mut self,
        element: &Element,
        dataclass: DataclassId,
        name: &Text,
        uuid: &Text,
        exposed: bool,
        kind: AttributeKind,
    ) {
        let attribute =
            Attribute { id: AttributeId(0), name: name.clone(), uuid: uuid.clone(), exposed, kind };
        let dataclass = &mut self.catalog.dataclasses[dataclass.index()];
        // UNSPECIFIED: a relation named like a field. Taken: the relation, as the code of public projects expects.
        let reason = match dataclass.push(attribute.clone()) {
            Some(_) => return,
            None if dataclass.push_over(attribute).is_some() => {
                SkipReason::FieldHidden { dataclass: dataclass.name.clone(), name: name.clone() }
            }
            None => SkipReason::NameTaken { dataclass: dataclass.name.clone(), name: name.clone() },
        };
        self.warn(element, reason);
    }
}

fn number(element: &Element) -> Option<u32> {
    element.get("id").and_then(|id| id.parse().ok())
}

/// The single key field, or how many there are.
fn key(table: &Element, fields: &[Attribute]) -> Result<AttributeId, usize> {
    let keys: Vec<&Element> = table.all("primary_key").collect();
    let [key] = keys.as_slice() else {
        return Err(keys.len());
    };
    let uuid = key.text("field_uuid");
    fields
        .iter()
        .position(|field| !uuid.is_empty() && field.uuid == uuid)
        .or_else(|| fields.iter().position(|field| field.name == key.text("field_name")))
        .map(|position| AttributeId(position as u32))
        .ok_or(0)
}

fn field_type(element: &Element) -> Option<FieldType> {
    Some(match element.text("type") {
        "1" => FieldType::Boolean,
        "3" => FieldType::Integer,
        "4" => FieldType::Long,
        "5" => FieldType::Integer64,
        "6" => FieldType::Real,
        "7" => FieldType::Float,
        "8" => FieldType::Date,
        "9" => FieldType::Time,
        "10" if element.flag("store_as_UUID") => FieldType::Uuid,
        "10" => match element.get("limiting_length").and_then(|limit| limit.parse().ok()) {
            Some(max) if max > 0 => FieldType::Alpha { max },
            _ => FieldType::Text,
        },
        "12" => FieldType::Picture,
        "14" => FieldType::Text,
        "18" => FieldType::Blob,
        "21" => FieldType::Object,
        // UNSPECIFIED: the codes 2, 11, 13, 15-17, 19 and 20, which no known catalog uses; the field is skipped.
        _ => return None,
    })
}

fn field(element: &Element, field_type: FieldType, position: u32) -> Field {
    let extra = element.child("field_extra");
    let automatic = element.flag("autosequence");
    Field {
        field_type,
        number: number(element).unwrap_or(position),
        unique: element.flag("unique"),
        not_null: element.flag("not_null"),
        never_null: element.flag("never_null"),
        autosequence: automatic && !field_type.is_text(),
        // Newer editors write `autosequence` on a text key too, where it means a random UUID.
        auto_uuid: field_type.is_text() && (automatic || element.flag("autogenerate")),
        indexed: false,
        keyword_indexed: false,
        multi_line: extra.is_some_and(|extra| extra.flag("multi_line")),
        class_name: extra.and_then(|extra| extra.get("class_id")).map(Text::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE base SYSTEM "http://www.4d.com/dtd/2007/base.dtd" >
<base name="shop" uuid="B0" collation_locale="en">
	<table name="Staff" uuid="A0" id="2">
		<field name="ID" uuid="A1" type="10" store_as_UUID="true" autogenerate="true" unique="true" not_null="true" id="1"/>
		<field name="name" uuid="A2" type="10" limiting_length="80" never_null="true" id="4"/>
		<field name="firm_id" uuid="A3" type="4" id="5"/>
		<field name="boss_id" uuid="A4" type="10" store_as_UUID="true" hide_in_REST="true" id="6"/>
		<field name="old" uuid="A5" type="17" id="7"/>
		<primary_key field_name="ID" field_uuid="A1"/>
	</table>
	<table name="(Gone)" uuid="G0" id="1" hide_in_REST="true">
		<field name="ID" uuid="G1" type="4" id="1"/>
		<primary_key field_name="ID" field_uuid="G1"/>
		<table_extra trashed="true"/>
	</table>
	<table name="Firm" uuid="F0" leave_tag_on_delete="true">
		<field name="ID" uuid="F1" type="4" autosequence="true" unique="true" id="1"/>
		<field name="staff" uuid="F2" type="4" id="2"/>
		<primary_key field_name="ID" field_uuid="F1"/>
	</table>
	<table name="Log" uuid="L0" id="9"><field name="line" uuid="L1" type="14" id="1"/></table>
	<relation uuid="R1" name_Nto1="firm" name_1toN="staff" state="1" integrity="reject">
		<related_field kind="source"><field_ref uuid="A3" name="x"><table_ref uuid="??" name="y"/></field_ref></related_field>
		<related_field kind="destination"><field_ref uuid="F1" name="x"><table_ref uuid="??" name="y"/></field_ref></related_field>
	</relation>
	<relation uuid="R2" name_Nto1="boss" name_1toN="reports" state="1">
		<related_field kind="source"><field_ref uuid="?" name="boss_id"><table_ref uuid="?" name="Staff"/></field_ref></related_field>
		<related_field kind="destination"><field_ref uuid="A1" name="ID"><table_ref uuid="?" name="Staff"/></field_ref></related_field>
	</relation>
	<relation uuid="R3" name_Nto1="off" name_1toN="" state="0"/>
	<index kind="regular" type="7" uuid="I1"><field_ref uuid="A2" name="name"><table_ref uuid="A0" name="Staff"/></field_ref></index>
	<index kind="keywords" type="7" uuid="I2"><field_ref uuid="A2" name="name"><table_ref uuid="A0" name="Staff"/></field_ref></index>
</base>"#;

    #[test]
    fn tables_become_dataclasses() {
        let catalog = read(XML).unwrap();
        assert_eq!(catalog.dataclasses().len(), 2);
        let staff = catalog.dataclass_named("Staff").unwrap();
        assert_eq!(staff.key_attribute().name, "ID");
        assert_eq!(staff.storage().len(), 4);
        let names: Vec<&str> = staff.attributes().iter().map(|attribute| attribute.name.as_str()).collect();
        assert_eq!(names, ["ID", "name", "firm_id", "boss_id", "firm", "boss", "reports"]);
        assert!(staff.key_attribute().field().unwrap().auto_uuid);
        let name = staff.attribute_named("name").unwrap().field().unwrap();
        assert_eq!(name.field_type, FieldType::Alpha { max: 80 });
        assert!(name.indexed && name.keyword_indexed && name.never_null);
        assert!(catalog.dataclass_named("staff").is_none());
        assert!(catalog.dataclass_named("Firm").unwrap().tracked);
        // R203
        assert!(!staff.attribute_named("boss_id").unwrap().exposed);
    }

    #[test]
    fn tables_keep_their_numbers() {
        let catalog = read(XML).unwrap();
        assert_eq!(catalog.table_numbered(9).unwrap().dataclass, None);
        assert_eq!(catalog.table_named("FIRM").unwrap().number, 10);
        assert!(catalog.table_numbered(1).is_none());
        assert_eq!(catalog.dataclass_named("Staff").unwrap().field_numbered(4).unwrap().name, "name");
    }

    #[test]
    fn relations_are_found_by_field_uuid_then_by_name() {
        let catalog = read(XML).unwrap();
        let staff = catalog.dataclass_named("Staff").unwrap();
        let firm = catalog.dataclass_named("Firm").unwrap();
        assert_eq!(staff.attribute_named("firm").unwrap().target(), Some(firm.id));
        assert_eq!(staff.attribute_named("reports").unwrap().target(), Some(staff.id));
        assert_eq!(catalog.relations().len(), 2);
        assert_eq!(catalog.relations()[0].integrity, Integrity::Reject);
        // The relation takes the name of the field `staff`, which is stored as before.
        assert_eq!(firm.attribute_named("staff").unwrap().target(), Some(staff.id));
        assert_eq!(firm.named().filter(|attribute| attribute.name == "staff").count(), 1);
        let field = firm.storage().iter().find(|attribute| attribute.name == "staff").unwrap();
        assert!(!field.exposed && !firm.has_its_name(field));
        assert!(catalog.warnings.iter().any(|w| matches!(w.reason, SkipReason::FieldHidden { .. })));
    }

    #[test]
    fn faults_name_line_and_column() {
        let error = read("<base>\n <table id='1'/>\n</base>").unwrap_err();
        assert!(matches!(error, CatalogError::Nameless { line: 2, column: 2, element: "table" }));
        let error = read("<base>\n <table name='a'>\n</base>").unwrap_err();
        assert_eq!(error.line(), 3);
        assert!(matches!(read("<catalog/>"), Err(CatalogError::NotACatalog { .. })));
        let twice = "<base><table name='a' id='1'/><table name='a' id='2'/></base>";
        assert!(matches!(read(twice), Err(CatalogError::Twice { .. })));
        let none_left = "<base><table name='a' id='4294967295'/><table name='b'/></base>";
        assert!(matches!(read(none_left), Err(CatalogError::Twice { .. })));
    }
}

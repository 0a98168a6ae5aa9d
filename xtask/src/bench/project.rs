//! The 4D project that is measured: one dataclass of ten thousand entities, one user, everything restricted.

use std::fs;
use std::path::Path;

use anyhow::Context as _;

/// Entities of the dataclass `Item`.
pub(super) const ROWS: usize = 10_000;
/// Cities they are in: a filter by city finds a hundred.
pub(super) const CITIES: usize = 100;
/// Who logs in.
pub(super) const EMAIL: &str = "bench@example.com";
/// With what.
pub(super) const PASSWORD: &str = "bench-secret";

const FILES: [(&str, &str); 7] = [
    ("Project/items.4DProject", "{\"compatibilityVersion\":2100,\"tokenizedText\":false}\n"),
    ("Project/Sources/settings.4DSettings", SETTINGS),
    ("Project/Sources/catalog.4DCatalog", CATALOG),
    ("Project/Sources/roles.json", ROLES),
    ("Project/Sources/Classes/DataStore.4dm", DATASTORE),
    (
        "Project/Sources/DatabaseMethods/onServerStartup.4dm",
        "If (ds.Users.getCount()=0)\n\tfillDatabase\nEnd if\n",
    ),
    ("Project/Sources/Methods/fillDatabase.4dm", FILL),
];

/// Writes the project. It fills itself when it is served for the first time.
pub(super) fn write(folder: &Path) -> anyhow::Result<()> {
    for (path, text) in FILES {
        let text = text
            .replace("ROWS", &ROWS.to_string())
            .replace("CITIES", &CITIES.to_string())
            .replace("EMAIL", EMAIL)
            .replace("PASSWORD", PASSWORD);
        let file = folder.join(path);
        let parent = file.parent().context("a file of the project is in a folder")?;
        fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
        fs::write(&file, text).with_context(|| file.display().to_string())?;
    }
    Ok(())
}

/// Copies a project without its data and logs.
pub(super) fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        let name = entry.file_name();
        if name == "Data" || name == "Logs" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to.join(name))?;
        } else {
            fs::copy(entry.path(), to.join(name))?;
        }
    }
    Ok(())
}

const SETTINGS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<preferences stamp="1">
	<com.4d>
		<web>
			<standalone_server>
				<configuration publish_at_startup="true" session_mode="1"/>
				<rest launch_at_startup="true"/>
			</standalone_server>
		</web>
	</com.4d>
</preferences>
"#;

const CATALOG: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<base name="items" uuid="A0000000000000000000000000000000" collation_locale="en">
	<schema name="DEFAULT_SCHEMA"/>
	<table name="Item" uuid="A1000000000000000000000000000000" id="1">
		<field name="ID" uuid="A1000000000000000000000000000001" type="4" unique="true" autosequence="true" not_null="true" id="1"/>
		<field name="name" uuid="A1000000000000000000000000000002" type="10" limiting_length="255" id="2"/>
		<field name="city" uuid="A1000000000000000000000000000003" type="10" limiting_length="255" id="3"/>
		<field name="amount" uuid="A1000000000000000000000000000004" type="6" id="4"/>
		<field name="since" uuid="A1000000000000000000000000000005" type="8" id="5"/>
		<field name="active" uuid="A1000000000000000000000000000006" type="1" id="6"/>
		<field name="note" uuid="A1000000000000000000000000000007" type="10" id="7"/>
		<primary_key field_name="ID" field_uuid="A1000000000000000000000000000001"/>
	</table>
	<table name="Users" uuid="A2000000000000000000000000000000" id="2">
		<field name="ID" uuid="A2000000000000000000000000000001" type="4" unique="true" autosequence="true" not_null="true" id="1"/>
		<field name="email" uuid="A2000000000000000000000000000002" type="10" limiting_length="255" unique="true" id="2"/>
		<field name="password" uuid="A2000000000000000000000000000003" type="10" limiting_length="255" hide_in_REST="true" id="3"/>
		<primary_key field_name="ID" field_uuid="A2000000000000000000000000000001"/>
	</table>
	<index kind="regular" unique_keys="true" uuid="A3000000000000000000000000000001" type="7">
		<field_ref uuid="A1000000000000000000000000000001" name="ID"><table_ref uuid="A1000000000000000000000000000000" name="Item"/></field_ref>
	</index>
	<index kind="regular" uuid="A3000000000000000000000000000002" type="1">
		<field_ref uuid="A1000000000000000000000000000002" name="name"><table_ref uuid="A1000000000000000000000000000000" name="Item"/></field_ref>
	</index>
	<index kind="regular" uuid="A3000000000000000000000000000003" type="1">
		<field_ref uuid="A1000000000000000000000000000003" name="city"><table_ref uuid="A1000000000000000000000000000000" name="Item"/></field_ref>
	</index>
	<index kind="regular" unique_keys="true" uuid="A3000000000000000000000000000004" type="7">
		<field_ref uuid="A2000000000000000000000000000001" name="ID"><table_ref uuid="A2000000000000000000000000000000" name="Users"/></field_ref>
	</index>
	<index kind="regular" unique_keys="true" uuid="A3000000000000000000000000000005" type="7">
		<field_ref uuid="A2000000000000000000000000000002" name="email"><table_ref uuid="A2000000000000000000000000000000" name="Users"/></field_ref>
	</index>
</base>
"#;

const ROLES: &str = r#"{
	"forceLogin": true,
	"restrictedByDefault": true,
	"permissions": {
		"allowed": [
			{"applyTo": "ds.authentify", "type": "method", "execute": ["guest"], "promote": ["readAccounts"]},
			{"applyTo": "Users", "type": "dataclass", "read": ["readAccounts"]},
			{"applyTo": "Item", "type": "dataclass", "read": ["readItems"], "create": ["editItems"], "update": ["editItems"], "drop": ["editItems"]}
		]
	},
	"privileges": [
		{"privilege": "readAccounts", "includes": []},
		{"privilege": "readItems", "includes": []},
		{"privilege": "editItems", "includes": ["readItems"]}
	],
	"roles": [{"role": "Clerk", "privileges": ["editItems"]}]
}
"#;

const DATASTORE: &str = r#"Class extends DataStoreImplementation

exposed Function authentify($credentials : Object) : Text
	var $user : cs.UsersEntity

	$user:=ds.Users.query("email === :1"; String($credentials.email)).first()
	If ($user=Null)
		return "Wrong user"
	End if
	If (Not(Verify password hash(String($credentials.password); $user.password)))
		return "Wrong password"
	End if
	Session.clearPrivileges()
	Session.setPrivileges({roles: "Clerk"; userName: $user.email})
	return "Welcome"
"#;

const FILL: &str = r#"var $item : cs.ItemEntity
var $user : cs.UsersEntity
var $i : Integer

ds.startTransaction()
$user:=ds.Users.new()
$user.email:="EMAIL"
$user.password:=Generate password hash("PASSWORD")
$user.save()
For ($i; 1; ROWS)
	$item:=ds.Item.new()
	$item.name:="Item "+String($i)
	$item.city:="City "+String($i%CITIES)
	$item.amount:=$i*1.5
	$item.since:=!2020-01-01!
	$item.active:=($i%7)#0
	$item.note:="Note of item "+String($i)
	$item.save()
End for
ds.validateTransaction()
"#;

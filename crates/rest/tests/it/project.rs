//! The project the tests serve: companies and employees, made anew for each test.

use tessera_test_support::TempProject;

use crate::server::Server;

const CATALOG: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<base name="staff" uuid="B0">
<table name="Company" uuid="C0" id="1">
  <field name="ID" uuid="C1" type="4" unique="true" autosequence="true" not_null="true" id="1"/>
  <field name="name" uuid="C2" type="10" limiting_length="255" id="2"/>
  <field name="city" uuid="C3" type="10" id="3"/>
  <primary_key field_name="ID" field_uuid="C1"/>
</table>
<table name="Employee" uuid="E0" id="2">
  <field name="ID" uuid="E1" type="4" unique="true" autosequence="true" not_null="true" id="1"/>
  <field name="firstName" uuid="E2" type="10" id="2"/>
  <field name="lastName" uuid="E3" type="10" id="3"/>
  <field name="salary" uuid="E4" type="6" id="4"/>
  <field name="hired" uuid="E5" type="8" id="5"/>
  <field name="active" uuid="E6" type="1" id="6"/>
  <field name="badge" uuid="E7" type="5" id="7"/>
  <field name="shift" uuid="E8" type="9" id="8"/>
  <field name="extra" uuid="E9" type="21" id="9"/>
  <field name="secret" uuid="EA" type="10" hide_in_REST="true" id="10"/>
  <field name="companyID" uuid="EB" type="4" id="11"/>
  <field name="code" uuid="EC" type="10" store_as_UUID="true" id="12"/>
  <primary_key field_name="ID" field_uuid="E1"/>
</table>
<table name="Hidden" uuid="H0" id="3" hide_in_REST="true">
  <field name="ID" uuid="H1" type="4" unique="true" autosequence="true" not_null="true" id="1"/>
  <primary_key field_name="ID" field_uuid="H1"/>
</table>
<table name="NoKey" uuid="N0" id="4"><field name="x" uuid="N1" type="4" id="1"/></table>
<table name="Country" uuid="K0" id="5">
  <field name="code" uuid="K1" type="10" limiting_length="5" unique="true" not_null="true" id="1"/>
  <field name="name" uuid="K2" type="10" id="2"/>
  <primary_key field_name="code" field_uuid="K1"/>
</table>
<table name="Album" uuid="A0" id="6">
  <field name="ID" uuid="A1" type="4" unique="true" autosequence="true" not_null="true" id="1"/>
  <field name="photo" uuid="A2" type="12" id="2"/>
  <field name="file" uuid="A3" type="18" id="3"/>
  <field name="mood" uuid="A4" type="21" id="4"><field_extra class_id="4D.Vector"/></field>
  <primary_key field_name="ID" field_uuid="A1"/>
</table>
<relation uuid="R0" name_Nto1="employer" name_1toN="staff" state="1">
  <related_field kind="source"><field_ref uuid="EB" name="companyID"><table_ref uuid="E0" name="Employee"/></field_ref></related_field>
  <related_field kind="destination"><field_ref uuid="C1" name="ID"><table_ref uuid="C0" name="Company"/></field_ref></related_field>
</relation>
<index kind="regular" uuid="I0" type="1"><field_ref uuid="E3" name="lastName"><table_ref uuid="E0" name="Employee"/></field_ref></index>
</base>"#;

const SETTINGS: &str = r#"<preferences><com.4d><web><standalone_server>
<configuration session_mode="1"/><rest launch_at_startup="true"/></standalone_server></web></com.4d></preferences>"#;

/// Five privileges, three of them in roles; `authentify` logs in as the role of the given name.
pub(crate) const ROLES: &str = r#"{"forceLogin":true,
"privileges":[{"privilege":"read"},{"privilege":"write","includes":["read"]},{"privilege":"money"},{"privilege":"none"},
 {"privilege":"accounts"}],
"roles":[{"role":"Reader","privileges":["read"]},{"role":"Writer","privileges":["write"]},
 {"role":"Boss","privileges":["write","money"]}],
"permissions":{"allowed":[
 {"applyTo":"ds","type":"datastore","read":["none"],"create":["none"],"update":["none"],"drop":["none"],"execute":["none"]},
 {"applyTo":"Company","type":"dataclass","read":["read"],"create":["write"],"update":["write"],"drop":["write"],"execute":["read"]},
 {"applyTo":"Employee","type":"dataclass","read":["read"],"create":["write"],"update":["write"],"drop":["money"],"execute":["read"]},
 {"applyTo":"Employee.salary","type":"attribute","read":["money"],"update":["money"],"create":["money"]},
 {"applyTo":"Employee.raise","type":"method","execute":["money"]},
 {"applyTo":"ds.whoAmI","type":"method","execute":["read","guest"]},
 {"applyTo":"ds.countCountries","type":"method","execute":["read"],"promote":["accounts"]},
 {"applyTo":"ds.failPromoted","type":"method","execute":["read"],"promote":["accounts"]},
 {"applyTo":"Country","type":"dataclass","read":["accounts"]},
 {"applyTo":"Tally","type":"singleton","execute":["read"]},
 {"applyTo":"Tally.reset","type":"singletonMethod","execute":["money"]}]}}"#;

const DATASTORE: &str = r#"Class extends DataStoreImplementation

exposed Function authentify($name : Text; $second : Variant) : Variant
	Case of
		: ($name="nobody")
			return "no"
		: ($name="object")
			return {a: 1; b: [1; 2]}
		: ($name="peek")
			return ds.Employee.all().length
		: ($name="empty")
			return Session.setPrivileges("")
		: ($name="unknown")
			return Session.setPrivileges(["no such privilege"])
		: ($name="comma")
			return Session.setPrivileges("READ, money")
		: ($name="collection")
			return Session.setPrivileges(["read"; "money"])
		: ($name="both")
			return Session.setPrivileges({privileges: "money"; roles: ["Writer"]; userName: "Bea"})
		: ($name="tried")
			return Try(Session.setPrivileges("read"))=Null
		: ($name="count")
			return ds.countCountries()
	End case
	return Session.setPrivileges({roles: $name; userName: "user "+$name})

exposed Function whoAmI() : Object
	return {guest: Session.isGuest(); privileges: Session.getPrivileges(); user: Session.userName; money: Session.hasPrivilege("money"); id: Session.id}

exposed Function countCountries() : Integer
	return ds.Country.all().length

exposed Function failPromoted()
	throw(99; "on purpose")

exposed Function hasAccounts() : Boolean
	return Session.hasPrivilege("accounts")

exposed Function clear() : Boolean
	return Session.clearPrivileges()

exposed Function promoteTwice() : Collection
	var $a; $b; $c; $d : Integer
	$a:=Session.promote("accounts")
	$b:=Session.promote("accounts")
	$c:=Session.promote("no such")
	$d:=Session.promote("money")
	Session.demote($a)
	return [$a; $b; $c; $d; Session.hasPrivilege("accounts"); Session.hasPrivilege("money"); Session.getPrivileges().length]

exposed Function remember($text : Text) : Text
	Use (Session.storage)
		Session.storage.text:=$text
	End use
	return Session.storage.text

exposed Function recall() : Variant
	return Session.storage.text

exposed Function idle($minutes : Integer) : Text
	Session.idleTimeout:=$minutes
	return String(Session.idleTimeout)+" "+Session.expirationDate

exposed Function sessionInfo() : Object
	return Session.info

exposed Function hasSession() : Boolean
	return Session#Null

exposed Function fail()
	throw({errCode: 7; message: "no {what}"; what: "luck"})

exposed Function nothing()

exposed Function echo($value : Variant; $date : Date) : Collection
	return [$value; $date]

exposed onHTTPGet Function twice($n : Integer) : Integer
	return $n*2

exposed onHTTPGet Function message() : 4D.OutgoingMessage
	var $m : 4D.OutgoingMessage
	$m:=4D.OutgoingMessage.new()
	$m.setStatus(201)
	$m.setBody("hello")
	$m.setHeader("X-Own"; "1")
	$m.setHeader("Content-Length"; "3")
	return $m

Function hiddenFunction() : Text
	return "never"
"#;

const EMPLOYEE: &str = r#"Class extends DataClass

exposed Function headCount() : Integer
	return This.all().length

exposed Function named($name : Text) : cs.EmployeeSelection
	return This.query("lastName = :1"; $name)

exposed Function firstOne() : cs.EmployeeEntity
	return This.all().orderBy("lastName").first()

exposed Function lengthOf($selection : cs.EmployeeSelection) : Integer
	return $selection.length

exposed Function both() : Text
	return "dataclass"
"#;

const EMPLOYEE_ENTITY: &str = r#"Class extends Entity

exposed Alias employerCity employer.city

exposed Function get fullName() : Text
	return This.firstName+" "+This.lastName

Function query fullName($event : Object) : Object
	return {query: "firstName = :1 or lastName = :1"; parameters: [$event.value]}

exposed Function get hiddenTotal() : Real
	return This.salary+1

exposed Function raise($by : Real) : Real
	This.salary:=This.salary+$by
	This.save()
	return This.salary

exposed Function greet($word : Text) : Text
	return $word+" "+This.firstName
"#;

const EMPLOYEE_SELECTION: &str = r#"Class extends EntitySelection

exposed Function names() : Collection
	return This.extract("lastName")

exposed Function both() : Text
	return "selection"

exposed Function leader() : cs.EmployeeEntity
	return This.first()
"#;

const TALLY: &str = r"property n : Integer

shared singleton Class constructor()
	This.n:=0

exposed shared Function next() : Integer
	This.n+=1
	return This.n

exposed shared Function reset() : Integer
	This.n:=0
	return This.n
";

const FILL: &str = r#"var $company; $employee : Object
var $row : Collection
For each ($row; [["Acme"; "Lyon"]; ["Bolt"; "Porto"]])
	$company:=ds.Company.new()
	$company.name:=$row[0]
	$company.city:=$row[1]
	$company.save()
End for each
For each ($row; [["Ada"; "Martin"; 100; 1]; ["Zoé"; "Durand"; 200; 1]; ["Max"; "Martinez"; 300; 2]; ["Eva"; "Lopez"; 400; Null]])
	$employee:=ds.Employee.new()
	$employee.firstName:=$row[0]
	$employee.lastName:=$row[1]
	$employee.salary:=$row[2]
	$employee.companyID:=$row[3]
	$employee.hired:=!2020-04-01!
	$employee.active:=True
	$employee.badge:=9007199254740993
	$employee.shift:=?08:30:00?
	$employee.extra:={size: 3; tags: ["a"]}
	$employee.secret:="hush"
	$employee.code:="00112233445566778899aabbccddeeff"
	$employee.save()
End for each
For each ($row; [["FR"; "France"]; ["a/b"; "Slash"]])
	$company:=ds.Country.new()
	$company.code:=$row[0]
	$company.name:=$row[1]
	$company.save()
End for each
"#;

/// The files of the project; `roles` and further files replace or add.
pub(crate) fn folder(roles: Option<&str>, more: &[(&str, &str)]) -> TempProject {
    let mut files = vec![
        ("Project/staff.4DProject", "{}"),
        ("Project/Sources/catalog.4DCatalog", CATALOG),
        ("Project/Sources/settings.4DSettings", SETTINGS),
        ("Project/Sources/Classes/DataStore.4dm", DATASTORE),
        ("Project/Sources/Classes/Employee.4dm", EMPLOYEE),
        ("Project/Sources/Classes/EmployeeEntity.4dm", EMPLOYEE_ENTITY),
        ("Project/Sources/Classes/EmployeeSelection.4dm", EMPLOYEE_SELECTION),
        ("Project/Sources/Classes/Tally.4dm", TALLY),
        ("Project/Sources/Methods/fill.4dm", FILL),
    ];
    if let Some(roles) = roles {
        files.push(("Project/Sources/roles.json", roles));
    }
    for (path, text) in more {
        files.retain(|(known, _)| known != path);
        files.push((path, text));
    }
    TempProject::from_files(&files)
}

/// The usual server: force login, filled.
pub(crate) fn served() -> Server {
    filled(Server::new(folder(Some(ROLES), &[])))
}

/// The usual project with so many licences.
pub(crate) fn served_with(licenses: usize) -> Server {
    let size = tessera_sessions::PoolSize::Limited(licenses);
    filled(Server::with_licenses(folder(Some(ROLES), &[]), size))
}

/// Without roles.json: default mode, everything open.
pub(crate) fn open() -> Server {
    filled(Server::new(folder(None, &[])))
}

pub(crate) fn filled(server: Server) -> Server {
    server.run("fill");
    server
}

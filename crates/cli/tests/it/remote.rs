//! `Open datastore`: code of one project uses the datastore of a server that serves another one (O009, O174).

use tessera_test_support::TempProject;

use crate::server::{Server, tessera};

const CATALOG: &str = r#"<base name="far" uuid="B0">
<table name="Company" uuid="C0" id="1">
  <field name="ID" uuid="C1" type="4" unique="true" autosequence="true" not_null="true" id="1"/>
  <field name="name" uuid="C2" type="10" unique="true" id="2"/>
  <primary_key field_name="ID" field_uuid="C1"/>
</table>
<table name="Person" uuid="P0" id="2">
  <field name="ID" uuid="P1" type="4" unique="true" autosequence="true" not_null="true" id="1"/>
  <field name="name" uuid="P2" type="10" id="2"/>
  <field name="born" uuid="P3" type="8" id="3"/>
  <field name="wakes" uuid="P4" type="9" id="4"/>
  <field name="firmID" uuid="P5" type="4" id="5"/>
  <field name="notes" uuid="P6" type="21" id="6"/>
  <primary_key field_name="ID" field_uuid="P1"/>
</table>
<table name="Album" uuid="A0" id="3">
  <field name="ID" uuid="A1" type="4" unique="true" autosequence="true" not_null="true" id="1"/>
  <field name="cover" uuid="A2" type="12" id="2"/>
  <field name="file" uuid="A3" type="18" id="3"/>
  <primary_key field_name="ID" field_uuid="A1"/>
</table>
<relation uuid="R1" name_Nto1="firm" name_1toN="staff" state="1">
  <related_field kind="source"><field_ref uuid="P5" name="firmID"><table_ref uuid="P0" name="Person"/></field_ref></related_field>
  <related_field kind="destination"><field_ref uuid="C1" name="ID"><table_ref uuid="C0" name="Company"/></field_ref></related_field>
</relation>
</base>"#;

const SETTINGS: &str = r#"<preferences><com.4d><web><standalone_server><rest launch_at_startup="true"/></standalone_server></web></com.4d></preferences>"#;

const DATASTORE: &str = r#"Class extends DataStoreImplementation

exposed Function authentify($name : Text) : Boolean
	return Session.setPrivileges({privileges: "all"; userName: $name})

exposed Function user() : Text
	return Session.userName

exposed Function oldest($persons : cs.PersonSelection) : cs.PersonEntity
	return $persons.orderBy("born").first()

exposed Function weigh($file : Blob; $album : cs.AlbumEntity) : Collection
	return [BLOB size($file); BLOB size($album.file); $album.isNew()]

exposed Function fails()
	throw(77; "on purpose")

Function hidden() : Text
	return "never"
"#;

const PERSON: &str = "Class extends DataClass\n\nexposed Function named($name : Text) : cs.PersonSelection\n\
    \treturn This.query(\"name = :1\"; $name)\n";

const PERSON_ENTITY: &str = "Class extends Entity\n\nexposed Function get shout() : Text\n\
    \treturn Uppercase(This.name)\n\nexposed Function greet($word : Text) : Text\n\
    \treturn $word+\" \"+This.name\n\nFunction event validateSave($event : Object) : Object\n\
    \tIf (This.name=\"\")\n\t\treturn {errCode: 3; message: \"a name, please\"; seriousError: False}\n\tEnd if\n";

const PERSON_SELECTION: &str = "Class extends EntitySelection\n\nexposed Function names() : Collection\n\treturn This.extract(\"name\")\n";

const ROLES: &str = r#"{"forceLogin":true,"privileges":[{"privilege":"all"}],"roles":[],
"permissions":{"allowed":[{"applyTo":"ds","type":"datastore","read":["all"],"create":["all"],"update":["all"],
"drop":["all"],"execute":["all"]}]}}"#;

/// The server whose datastore is far away.
fn far(more: &[(&str, &str)]) -> (TempProject, Server) {
    let mut files = vec![
        ("Project/far.4DProject", "{}"),
        ("Project/Sources/catalog.4DCatalog", CATALOG),
        ("Project/Sources/settings.4DSettings", SETTINGS),
        ("Project/Sources/Classes/DataStore.4dm", DATASTORE),
        ("Project/Sources/Classes/Person.4dm", PERSON),
        ("Project/Sources/Classes/PersonEntity.4dm", PERSON_ENTITY),
        ("Project/Sources/Classes/PersonSelection.4dm", PERSON_SELECTION),
    ];
    files.extend(more);
    let project = TempProject::from_files(&files);
    let server = Server::start(project.path(), &[]);
    (project, server)
}

/// A picture of one transparent dot.
const DOT: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

/// Runs code of a project that has no data of its own; `$1` is the address of the other server. What it returned, or
/// the errors it ended with.
fn near(server: &Server, code: &str) -> String {
    let code = format!("#DECLARE($host : Text) : Variant\nvar $far : 4D.DataStoreImplementation\n{code}");
    let project = TempProject::from_files(&[
        ("Project/near.4DProject", "{}"),
        ("Project/Sources/catalog.4DCatalog", "<base name=\"near\" uuid=\"B1\"/>"),
        ("Project/Sources/Methods/test.4dm", &code),
    ]);
    let resources = project.path().join("Resources");
    std::fs::create_dir(&resources).unwrap();
    std::fs::write(resources.join("dot.gif"), DOT).unwrap();
    let host = format!("127.0.0.1:{}", server.port);
    let output = tessera().args(["run", project.path().as_str(), "test", &host]).output().unwrap();
    let text = if output.status.success() { output.stdout } else { output.stderr };
    String::from_utf8(text).unwrap().trim().to_owned()
}

const FILL: &str = r#"$far:=Open datastore({hostname: $host}; "far")
$far.Company.fromCollection([{name: "Acme"}; {name: "Birch"}])
$far.Person.fromCollection([{name: "Ada"; born: !1815-12-10!; wakes: ?06:30:00?; firmID: 1; notes: {a: [1; 2]}}; {name: "Zoë O'Neil & Co"; born: !1990-01-02!; firmID: 1}; {name: "Max"; firmID: 2}])
"#;

#[test]
fn a_remote_datastore_is_read() {
    let (_project, server) = far(&[]);
    let near = |code: &str| near(&server, &format!("{FILL}{code}"));
    assert_eq!(
        near(
            "$e:=$far.Person.get(1)\n$all:=$far.Person.all()\n\
             return [$e.name; $e.born=!1815-12-10!; $e.wakes=?06:30:00?; $e.notes.a; $e.shout; $e.firm.name; \
             $e.firm.staff.length; $all.length; $all.isOrdered(); $far.Person.get(99); \
             $far.Person.getInfo().primaryKey; OB Keys($far); $far.Person.getCount(); ds(\"far\")=$far; \
             ds(\"nowhere\")]"
        ),
        r#"["Ada",true,true,[1,2],"ADA","Acme",2,3,true,null,"ID",["Company","Person","Album"],3,true,null]"#
    );
    let (_project, server) = far(&[]);
    let near = |code: &str| self::near(&server, &format!("{FILL}{code}"));
    assert_eq!(
        near(
            "$sel:=$far.Person.query(\"firm.name = :1 and name = :2\"; \"Acme\"; \"Zoë O'Neil & Co\")\n\
             $names:=[]\nFor each ($e; $far.Person.all().orderBy(\"name desc\"))\n\t$names.push($e.name)\nEnd for each\n\
             $told:=$far.Person.query(\"ID > 1\"; {queryPlan: True})\n\
             return [$sel.length; $sel.first().ID; $names; $far.Person.all().query(\"ID > 1\").extract(\"ID\"); \
             $far.Person.all().sum(\"ID\"); $far.Company.all().distinct(\"name\"); \
             $told.queryPlan.item; $told.first().next().ID; $told.at(-1).ID; $told.at(7); \
             $far.Person.all().minus($told).length; $far.Person.all().toCollection(\"name, firm.name\"; 0; 2)]"
        ),
        r#"[1,2,["Zoë O'Neil & Co","Max","Ada"],[2,3],6,["Acme","Birch"],"Person.ID > 1",3,3,null,1,[{"name":"Max","firm":{"name":"Birch"}}]]"#
    );
}

#[test]
fn a_selection_is_read_page_by_page() {
    let (_project, server) = far(&[]);
    let result = near(
        &server,
        "$far:=Open datastore({hostname: $host}; \"far\")\n$many:=[]\nvar $i : Integer\n\
         For ($i; 1; 200)\n\t$many.push({name: String($i)})\nEnd for\n$far.Person.fromCollection($many)\n\
         $far.startRequestLog(50)\n$all:=$far.Person.all()\n$last:=$all[150].ID\n$first:=$all[3].ID\n$again:=$all[151].ID\n\
         $far.stopRequestLog()\n$log:=$far.getRequestLog()\n\
         return [$last; $first; $again; $log.length; $log[0].sequenceNumber; $log[0].response.status; \
         Match regex(\"rest/Person/.entityset/[0-9A-F]+.*skip=80.*\"; $log[0].url); $log[1].url=\"rest/Person?@\"]",
    );
    assert_eq!(result, "[151,4,152,2,2,200,true,true]");
}

#[test]
fn a_remote_datastore_is_written_and_its_functions_are_called() {
    let (_project, server) = far(&[]);
    let result = near(
        &server,
        &format!(
            "{FILL}$e:=$far.Person.new()\n$e.name:=\"New\"\n$e.firm:=$far.Company.get(2)\n$new:=$e.isNew()\n\
             $saved:=$e.save()\n$other:=$far.Person.get($e.ID)\n$other.name:=\"Newer\"\n$other.save()\n\
             $e.born:=!2000-01-01!\n$stale:=$e.save()\n$e.reload()\n$empty:=$far.Person.new()\n$empty.name:=\"\"\n\
             $refused:=$empty.save()\n$drop:=$other.drop()\n$again:=$other.drop()\n\
             return [$new; $e.isNew(); $saved; $e.getStamp(); $e.firm.name; $stale.status; $e.name; $refused.status; \
             $refused.errors[0].message; $drop; $again.status; $far.Person.getCount(); \
             $far.oldest($far.Person.query(\"ID < 3\")).name; $far.Person.named(\"M@\").first().greet(\"Hi\"); \
             $far.Person.all().names().length]"
        ),
    );
    assert_eq!(
        result,
        r#"[true,false,{"success":true},2,"Birch",2,"Newer",7,"a name, please",{"success":true},5,3,"Ada","Hi Max",3]"#
    );
}

#[test]
fn pictures_and_blobs_are_written_to_a_remote_datastore() {
    let (_project, server) = far(&[]);
    let result = near(
        &server,
        "var $file; $read : Blob\nvar $cover : Picture\nvar $width; $height : Integer\n\
         $far:=Open datastore({hostname: $host}; \"far\")\nSET BLOB SIZE($file; 300000; 65)\n\
         BLOB TO PICTURE(4D.Blob.new(File(\"/RESOURCES/dot.gif\").getContent()); $cover)\n\
         $e:=$far.Album.new()\n$e.file:=$file\n$e.cover:=$cover\n$saved:=$e.save()\n\
         $other:=$far.Album.get($e.ID)\n$read:=$other.file\nPICTURE PROPERTIES($other.cover; $width; $height)\n\
         SET BLOB SIZE($file; 5)\n$e.file:=$file\n$e.cover:=Null\n$changed:=$e.save()\n$other.reload()\n\
         $album:=$far.Album.new()\n$album.file:=$file\n\
         $made:=$far.Album.fromCollection([{file: $file}]).first()\n\
         return [$saved; $e.ID; BLOB size($read); $read{299999}; $width; $height; $changed; BLOB size($other.file); \
         $other.cover; $far.weigh($read; $album); BLOB size($made.file); $e.getStamp()]",
    );
    assert_eq!(result, r#"[{"success":true},1,300000,65,1,1,{"success":true},5,null,[300000,5,true],5,2]"#);
    let wrong = near(
        &server,
        "var $file : Blob\n$far:=Open datastore({hostname: $host}; \"far\")\n$e:=$far.Album.new()\n$e.cover:=$file",
    );
    assert!(wrong.contains("can't be assigned to the attribute \"cover\" of a remote datastore"), "{wrong}");
}

#[test]
fn named_placeholders_reach_a_remote_datastore() {
    // O100, O101
    let (_project, server) = far(&[]);
    let open = "$far:=Open datastore({hostname: $host}; \"far\")\n";
    let near = |code: &str| near(&server, &format!("{open}{code}"));
    near(FILL);
    assert_eq!(
        near(
            "$s:={parameters: {name: \"Zoë O'Neil & Co\"; low: {id: 1}; firm: $far.Company.get(1)}; attributes: {n: \"name\"; \
             f: [\"firm\"; \"name\"]}}\n$a:=$far.Person.query(\":n = :name\"; $s)\n\
             $b:=$far.Person.query(\"ID > :low.id and ID < :1 and :f = 'A@' order by :n desc\"; 9; $s)\n\
             $c:=$far.Person.all().query(\"firmID = :firm and ID in [:low.id; 7]\"; $s)\n\
             return [$a.length; $a.first().ID; $b.extract(\"ID\"); $c.length]"
                .replace("[:low.id; 7]", "[:low.id, 7]")
                .as_str()
        ),
        "[1,2,[2],1]"
    );
    let missing = near("return $far.Person.query(\"name = :nobody\"; {parameters: {a: 1}})");
    assert!(missing.contains("The value of the query placeholder :nobody is missing"), "{missing}");
    let odd = near("return $far.Person.query(\":p = 1\"; {attributes: {p: [\"a.b\"]}})");
    assert!(odd.contains(":p has the wrong type: a path of plain names is expected"), "{odd}");
    let formula = near("return $far.Person.query(\":1\"; Formula(True))");
    assert!(formula.contains("A formula as a value of a query is not available"), "{formula}");
}

#[test]
fn a_login_opens_a_remote_datastore_and_refusals_are_errors() {
    // O174
    let (_project, server) = far(&[("Project/Sources/roles.json", ROLES)]);
    let near = |code: &str| {
        near(&server, &format!("$far:=Open datastore({{hostname: $host; idleTimeout: 90}}; \"far\")\n{code}"))
    };
    let guest = near("return $far.Person.all().length");
    assert!(guest.contains("Login needed"), "{guest}");
    assert_eq!(
        near(
            "$ok:=$far.authentify(\"Bea\")\n$info:=$far.getInfo()\n\
             return [$ok; $far.user(); $far.Person.all().length; $info.type; $info.networked; $info.localID; \
             $info.connection.idleTimeout; $info.connection.hostname=$host; $info.connection.tls]"
        ),
        r#"[true,"Bea",0,"4D Server",true,"far",90,true,false]"#
    );
    let caught = "$far.authentify(\"Bea\")\nTry\n\tCODE\nCatch\n\treturn [Last errors[0].errCode; Last errors[0].message]\nEnd try";
    let caught = |code: &str| near(&caught.replace("CODE", code));
    let hidden = caught("$far.hidden()");
    assert!(hidden.starts_with("[-10729,"), "{hidden}");
    assert_eq!(caught("$far.fails()"), "[77,\"on purpose\"]");
    for refused in ["startTransaction", "flushAndLock", "encryptionStatus"] {
        let told = caught(&format!("$far.{refused}()"));
        assert!(told.contains(&format!("{refused} is not available on a remote datastore")), "{told}");
    }
    assert!(caught("$far.Person.newSelection()").contains("newSelection is not available"));
    assert!(caught("$far.Person.query(Formula(True))").contains("A query by a formula is not available"));
    let unreachable = near("return Open datastore({hostname: \"127.0.0.1:1\"}; \"none\")");
    assert!(unreachable.contains("A remote request to host 127.0.0.1:1 has failed"), "{unreachable}");
}

//! `Session.storage`: what it takes, and who holds it (sessions-privileges-web section 6).

use serde_json::json;

use crate::project::{filled, folder};
use crate::server::{Client, Server};

const DATASTORE: &str = r#"Class extends DataStoreImplementation

exposed Function keepSelection() : Integer
	Use (Session.storage)
		Session.storage.people:=ds.Employee.query("salary > 150")
	End use
	return Session.storage.people.length

exposed Function keptSelection() : Collection
	return Session.storage.people.orderBy("lastName").extract("lastName")

exposed Function keepAlterable()
	Use (Session.storage)
		Session.storage.people:=ds.Employee.newSelection()
	End use

exposed Function keepShared() : Integer
	Use (Session.storage)
		Session.storage.people:=ds.Employee.all().copy(ck shared)
	End use
	return Session.storage.people.length

exposed Function keepEntity()
	Use (Session.storage)
		Session.storage.one:=ds.Employee.all().first()
	End use

exposed Function keepPlain()
	Use (Session.storage)
		Session.storage.plain:={a: 1}
	End use

exposed Function withoutUse()
	Session.storage.text:="never"

exposed Function failInside()
	Use (Session.storage)
		Session.storage.before:="kept"
		throw(99; "on purpose")
	End use

exposed Function failDeeper()
	Use (Session.storage)
		Use (Session.storage)
			ds.failInside()
		End use
	End use

exposed Function write($text : Text) : Text
	Use (Session.storage)
		Session.storage.text:=$text
	End use
	return Session.storage.text

exposed Function family() : Collection
	var $parent; $child; $other : Object
	$parent:=New shared object("name"; "parent")
	$child:=New shared object("name"; "child")
	$other:=New shared object("name"; "other")
	Use ($parent)
		$parent.child:=$child
	End use
	Use (Session.storage)
		Session.storage.parent:=$parent
		Session.storage.other:=$other
	End use
	// The parent's lock is its child's too, but not that of a neighbour in the storage.
	Use (Session.storage.parent)
		Session.storage.parent.child.name:="changed"
	End use
	var $refused : Integer
	Use (Session.storage)
		Try
			Session.storage.other.name:="never"
		Catch
			$refused:=Last errors[0].errCode
		End try
	End use
	Use ($other)
		Try
			$other.stolen:=$child
		Catch
			$refused:=$refused+Last errors[0].errCode
		End try
	End use
	return [Session.storage.parent.child.name; Session.storage.other.name; $refused]
"#;

fn served() -> Server {
    filled(Server::new(folder(None, &[("Project/Sources/Classes/DataStore.4dm", DATASTORE)])))
}

fn call(client: &mut Client, function: &str) -> serde_json::Value {
    client.post(&format!("/$catalog/{function}"), "[]").ok()["result"].clone()
}

#[test]
fn a_shareable_selection_is_stored_and_an_alterable_one_refused() {
    // S078, S082
    let server = served();
    let mut client = server.client();
    assert_eq!(call(&mut client, "keepSelection"), 3);
    assert_eq!(call(&mut client, "keptSelection"), json!(["Durand", "Lopez", "Martinez"]));
    assert_eq!(call(&mut client, "keepShared"), 4);
    for refused in ["keepAlterable", "keepEntity", "keepPlain"] {
        client.post(&format!("/$catalog/{refused}"), "[]").refused(500, -10721);
    }
    assert_eq!(call(&mut client, "keptSelection").as_array().unwrap().len(), 4, "what was there stays");
}

#[test]
fn a_write_needs_use() {
    // S076
    let server = served();
    server.client().post("/$catalog/withoutUse", "[]").refused(500, -10722);
}

#[test]
fn a_failing_method_gives_its_locks_back() {
    // S080, S083
    let server = served();
    let mut client = server.client();
    for failing in ["failInside", "failDeeper"] {
        client.post(&format!("/$catalog/{failing}"), "[]").refused(500, 99);
        // A lock left behind would make this wait until it is stopped.
        let body = json!([failing]).to_string();
        assert_eq!(client.post("/$catalog/write", &body).ok()["result"], failing);
    }
}

#[test]
fn what_is_stored_keeps_its_own_group() {
    // S079, S081
    let server = served();
    assert_eq!(call(&mut server.client(), "family"), json!(["changed", "other", -10722 - 10723]));
}

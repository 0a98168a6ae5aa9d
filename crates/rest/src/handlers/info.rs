//! `GET /rest/$info` (`docs/REST/$info.md`): the caller's own session and privileges. What others do is shown to
//! nobody over REST (hardening H3).

use tessera_orda::{Application, Run};
use tessera_values::write_json_string;

use crate::entity_sets::{EntitySet, EntitySets};
use crate::json::value::{push, write_timestamp};
use crate::request::Response;

pub(super) fn answer(run: &Run) -> Response {
    let application = run.context().application();
    let session = run.context().session();
    let sets = session.find_attached::<EntitySets>().map(|sets| sets.all()).unwrap_or_default();
    let mut out = String::from("{\"cacheSize\":0,\"usedCache\":0,");
    push(&mut out, format_args!("\"entitySetCount\":{},\"entitySet\":[", sets.len()));
    for (position, (id, set)) in sets.iter().enumerate() {
        write_set(&mut out, application, position, id, set);
    }
    out.push_str("],\"ProgressInfo\":[],\"sessionInfo\":[{\"sessionID\":");
    write_json_string(&mut out, session.id());
    out.push_str(",\"userName\":");
    write_json_string(&mut out, &session.user_name());
    push(&mut out, format_args!(",\"lifeTime\":{},\"expiration\":", session.idle_minutes()));
    write_timestamp(&mut out, session.expiration().as_millisecond());
    out.push_str("}],\"HTTPConnections\":[],\"privileges\":[{\"privilege\":\"guest\"}");
    for name in application.sessions.assigned_names(&session) {
        out.push_str(",{\"privilege\":");
        write_json_string(&mut out, &name);
        out.push('}');
    }
    out.push_str("]}");
    Response::json(200, out)
}

fn write_set(out: &mut String, application: &Application, position: usize, id: &str, set: &EntitySet) {
    push(out, format_args!("{}{{\"id\":", if position > 0 { "," } else { "" }));
    write_json_string(out, id);
    out.push_str(",\"dataClass\":");
    write_json_string(out, &application.catalog.dataclass(set.dataclass).name);
    push(
        out,
        format_args!(",\"selectionSize\":{},\"sorted\":{},\"refreshed\":", set.records.len(), set.ordered),
    );
    write_timestamp(out, set.used_ms());
    out.push_str(",\"expires\":");
    write_timestamp(out, set.expires_ms);
    out.push('}');
}

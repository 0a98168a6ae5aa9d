//! `GET /rest/$info` (`docs/REST/$info.md`): the caller's own session and privileges. What others do is shown to
//! administrators, and to everybody only when the setting says so (hardening H3).

use std::sync::Arc;

use tessera_orda::{Application, Run};
use tessera_sessions::Session;
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
    out.push_str("],\"ProgressInfo\":[],\"sessionInfo\":[");
    write_session(&mut out, &session);
    if sees_all(run) {
        let others = application.sessions.registry().all();
        for other in others.iter().filter(|other| !Arc::ptr_eq(other, &session)).take(SESSIONS_MAX) {
            out.push(',');
            write_session(&mut out, other);
        }
    }
    out.push_str("],\"HTTPConnections\":[],\"privileges\":[{\"privilege\":\"guest\"}");
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

/// The most other sessions told at once.
const SESSIONS_MAX: usize = 1000;

fn sees_all(run: &Run) -> bool {
    let sessions = &run.context().application().sessions;
    let admin = sessions.privileges().number("WebAdmin");
    sessions.hardening().info_shows_all
        || admin.is_some_and(|admin| run.context().privileges().contains(admin))
}

fn write_session(out: &mut String, session: &Session) {
    out.push_str("{\"sessionID\":");
    write_json_string(out, &session.id());
    out.push_str(",\"userName\":");
    write_json_string(out, &session.user_name());
    push(out, format_args!(",\"lifeTime\":{},\"expiration\":", session.idle_minutes()));
    write_timestamp(out, session.expiration().as_millisecond());
    out.push('}');
}

//! `GET /rest/$info` (`docs/REST/$info.md`): the caller's own session and privileges. What others do is shown to
//! nobody over REST (hardening H3).

use tessera_orda::Run;
use tessera_values::write_json_string;

use crate::json::value::{push, write_timestamp};
use crate::request::Response;

pub(super) fn answer(run: &Run) -> Response {
    let application = run.context().application();
    let session = run.context().session();
    let mut out = String::from(
        "{\"cacheSize\":0,\"usedCache\":0,\"entitySetCount\":0,\"entitySet\":[],\"ProgressInfo\":[],\"sessionInfo\":[{\"sessionID\":",
    );
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

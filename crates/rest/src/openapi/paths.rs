//! Which requests there are.

use serde_json::{Value as Json, json};
use tessera_model::Dataclass;
use tessera_orda::ExposedFunction;
use tessera_sessions::{Action, LoginMode};

use super::{Caller, Members, reference, schema};

/// Requests that belong to no dataclass.
pub(super) fn service(caller: &Caller<'_>) -> Members {
    let application = caller.run.context().application();
    let mut paths = Members::new();
    let catalog =
        |summary: &str| json!({"get": operation("catalog", summary, &[], None, &json!({"type": "object"}))});
    paths.insert("/$catalog".into(), catalog("The names of the dataclasses"));
    paths.insert("/$catalog/$all".into(), catalog("Everything about the dataclasses"));
    for function in application.datastore_functions() {
        let is_login = caller.is_login(&function);
        if is_login || caller.may_call(&function) {
            let summary = if is_login { "Logs in" } else { "A function of the datastore" };
            paths.insert(format!("/$catalog/{}", function.name), call("datastore", summary, &function, &[]));
        }
    }
    for (class, functions) in application.exposed_singletons() {
        for function in functions.iter().filter(|function| caller.may_call(function)) {
            let summary = format!("A function of the singleton {class}");
            paths.insert(
                format!("/$singleton/{class}/{}", function.name),
                call("singletons", &summary, function, &[]),
            );
        }
    }
    let result = json!({"type": "object", "required": ["result"], "properties": {"result": {}}});
    if application.sessions.login_mode() == LoginMode::Default {
        let header = |name: &str| json!({"name": name, "in": "header", "schema": {"type": "string"}});
        let headers = [header("username-4D"), header("password-4D"), header("session-4D-length")];
        let login = operation("session", "Logs in", &headers, None, &result);
        paths.insert("/$directory/login".into(), json!({"post": login}));
    }
    let mut directory = |name: &str, summary: &str| {
        let get = operation("session", summary, &[], None, &result);
        paths.insert(format!("/$directory/{name}"), json!({"get": get}));
    };
    directory("currentUser", "Who is logged in");
    directory("logout", "Logs out");
    if caller.is_in {
        let info = operation("session", "The caller's session", &[], None, &json!({"type": "object"}));
        paths.insert("/$info".into(), json!({"get": info}));
    }
    paths
}

/// Requests of a dataclass.
pub(super) fn of(caller: &Caller<'_>, dataclass: &Dataclass) -> Members {
    let application = caller.run.context().application();
    let name = dataclass.name.as_str();
    let mut paths = Members::new();
    let reads = caller.may(dataclass.id, Action::Read);
    let writes =
        caller.may(dataclass.id, Action::Create) || (reads && caller.may(dataclass.id, Action::Update));
    let key = json!({"name": "key", "in": "path", "required": true, "schema": {"type": "string"}});
    let (mut all, mut one) = (Members::new(), Members::new());
    if reads {
        let page = reference(&format!("{name}Selection"));
        all.insert("get".into(), operation(name, "Entities, in pages", &page_options(), None, &page));
        let options = [key.clone(), option("$attributes", "string"), option("$expand", "string")];
        one.insert("get".into(), operation(name, "One entity", &options, None, &reference(name)));
    }
    if writes {
        let input = reference(&format!("{name}Input"));
        let body = json!({"oneOf": [input, {"type": "array", "items": input}]});
        let atomic = [option("$atomic", "boolean")];
        let answer = json!({"type": "object"});
        let mut post = operation(name, "Creates and updates", &atomic, Some(&body), &answer);
        // Each entity of the body tells its own fate.
        post["responses"]["default"]["content"]["application/json"]["schema"] = answer;
        all.insert("post".into(), post);
    }
    if reads && caller.may(dataclass.id, Action::Drop) {
        let options = std::slice::from_ref(&key);
        one.insert("delete".into(), operation(name, "Drops one entity", options, None, &reference("Ok")));
    }
    for (path, methods) in [(format!("/{name}"), all), (format!("/{name}({{key}})"), one)] {
        if !methods.is_empty() {
            paths.insert(path, Json::Object(methods));
        }
    }
    let [own, of_entity, of_selection] = application.functions_of(dataclass.id);
    let mut add = |path: String, function: &ExposedFunction, options: &[Json], on: &str| {
        if caller.may_call(function) {
            let summary = format!("A function of {on}");
            paths.entry(path).or_insert_with(|| call(name, &summary, function, options));
        }
    };
    // A function of the selection class hides one of the dataclass.
    for function in &of_selection {
        let options = [option("$filter", "string"), option("$orderby", "string")];
        add(format!("/{name}/{}", function.name), function, &options, "a selection");
    }
    for function in &own {
        add(format!("/{name}/{}", function.name), function, &[], "the dataclass");
    }
    for function in &of_entity {
        add(format!("/{name}({{key}})/{}", function.name), function, std::slice::from_ref(&key), "an entity");
    }
    paths
}

fn option(name: &str, kind: &str) -> Json {
    json!({"name": name, "in": "query", "schema": {"type": kind}})
}

fn page_options() -> Vec<Json> {
    let text = ["$filter", "$params", "$orderby", "$attributes", "$expand"];
    let mut options: Vec<Json> = text.into_iter().map(|name| option(name, "string")).collect();
    for name in ["$skip", "$top"] {
        options.push(json!({"name": name, "in": "query", "schema": {"type": "integer", "minimum": 0}}));
    }
    let keeps = json!({"name": "$method", "in": "query", "schema": {"const": "entityset"}});
    options.push(keeps);
    options
}

/// A call of a function: its arguments are an array.
fn call(tag: &str, summary: &str, function: &ExposedFunction, options: &[Json]) -> Json {
    let parameters: Vec<Json> = function.parameters.iter().map(schema::parameter).collect();
    let mut body = json!({"type": "array"});
    if !parameters.is_empty() {
        body["prefixItems"] = Json::Array(parameters);
    }
    let mut methods = Members::new();
    methods.insert("post".into(), operation(tag, summary, options, Some(&body), &json!({})));
    if function.on_http_get {
        let mut options = options.to_vec();
        options.retain(|option| option["name"] != "$filter");
        options.push(option("$params", "string"));
        methods.insert("get".into(), operation(tag, summary, &options, None, &json!({})));
    }
    Json::Object(methods)
}

fn operation(tag: &str, summary: &str, options: &[Json], body: Option<&Json>, answer: &Json) -> Json {
    let mut operation = json!({
        "tags": [tag],
        "summary": summary,
        "responses": {
            "200": {"description": "The answer", "content": {"application/json": {"schema": answer}}},
            "default": {
                "description": "A refusal, with the reason",
                "content": {
                    "application/json": {"schema": reference("Error")},
                    "text/plain": {"schema": {"type": "string"}},
                },
            },
        },
    });
    if !options.is_empty() {
        operation["parameters"] = Json::Array(options.to_vec());
    }
    if let Some(body) = body {
        operation["requestBody"] = json!({"content": {"application/json": {"schema": body}}});
    }
    operation
}

//! What `$queryplan` and `$querypath` add to a page (rest-protocol section 8.8): the steps of the filter in words, and
//! once more as nodes.

use tessera_orda::{Explanation, Join, Side, Step, StepKind, Test};
use tessera_values::{DateForm, Value, write_json, write_json_string};

use super::value::push;

/// Appends the members, each with a comma behind it.
pub(super) fn write(out: &mut String, explanation: &Explanation) {
    if let Some(step) = &explanation.plan {
        member(out, "__queryPlan", &step.plan_value());
        out.push_str("\"__extendedQueryPlan\":");
        node(out, step);
        out.push(',');
    }
    if let Some(step) = &explanation.path {
        member(out, "__queryPath", &step.path_value());
        out.push_str("\"__extendedQueryPath\":");
        node(out, step);
        out.push(',');
    }
}

fn member(out: &mut String, name: &str, value: &Value) {
    write_json_string(out, name);
    out.push(':');
    scalar(out, value);
    out.push(',');
}

/// Values of plans hold neither pictures nor blobs; should one not be writable, it is null.
fn scalar(out: &mut String, value: &Value) {
    let start = out.len();
    if write_json(out, value, DateForm::Day).is_err() {
        out.truncate(start);
        out.push_str("null");
    }
}

fn text(out: &mut String, name: &str, value: &str) {
    push(out, format_args!(",\"{name}\":"));
    write_json_string(out, value);
}

fn node(out: &mut String, step: &Step) {
    match &step.kind {
        StepKind::And(steps) => operator(out, "And", steps),
        StepKind::Or(steps) => operator(out, "Or", steps),
        StepKind::Not(step) => operator(out, "Not", std::slice::from_ref(step)),
        StepKind::Join { join: Join { own, other }, filter } => {
            out.push_str("{\"type\":\"JoinNode\"");
            text(out, "targetTable", &other.dataclass);
            push(out, format_args!(",\"instance\":{},\"joinPath\":[{{", other.instance));
            out.push_str("\"leftTable\":");
            write_json_string(out, &own.dataclass);
            text(out, "leftField", &own.field);
            push(out, format_args!(",\"leftInstance\":{}", own.instance));
            text(out, "rightTable", &other.dataclass);
            text(out, "rightField", &other.field);
            push(out, format_args!(",\"rightInstance\":{}}}]", other.instance));
            if let Some(filter) = filter {
                out.push_str(",\"filter\":");
                node(out, filter);
            }
        }
        StepKind::Test(test) => comparison(out, test),
        StepKind::Code(what) => {
            out.push_str("{\"type\":\"CodeNode\"");
            text(out, "code", what);
        }
    }
    if let Some(done) = step.done {
        push(out, format_args!(",\"timeTaken\":{},\"foundRecords\":{}", done.milliseconds, done.found));
    }
    out.push('}');
}

fn operator(out: &mut String, name: &str, parts: &[Step]) {
    push(out, format_args!("{{\"type\":\"LogicOperatorNode\",\"logicOper\":\"{name}\",\"parts\":["));
    for (position, part) in parts.iter().enumerate() {
        if position > 0 {
            out.push(',');
        }
        node(out, part);
    }
    out.push(']');
}

fn comparison(out: &mut String, test: &Test) {
    let Test { side: Side { dataclass, field, instance }, operator, value, indexed } = test;
    let kind = if *indexed { "IndexNode" } else { "SeqNode" };
    push(out, format_args!("{{\"type\":\"{kind}\""));
    text(out, "field", field);
    text(out, "table", dataclass);
    push(out, format_args!(",\"instance\":{instance}"));
    text(out, "oper", &format!(" {operator} "));
    out.push_str(",\"value\":");
    scalar(out, value);
}

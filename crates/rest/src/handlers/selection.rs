//! From a request to the selection it is about (rest-protocol section 6.1): its input, narrowed by `$clean`,
//! `$filter`, `$logicOperator` and `$orderby`, in this order; then kept as an entity set if that was asked for.

use std::rc::Rc;

use tessera_model::DataclassId;
use tessera_model::query::{Filter, RelationStep};
use tessera_orda::{Combination, Run, Selection};
use tessera_sessions::Action;
use tessera_values::{Scalar, Text};

use super::read;
use crate::entity_sets;
use crate::error::RestError;
use crate::json::level;
use crate::json::page::{self, Page};
use crate::json::projection::Projection;
use crate::options::Options;
use crate::plan::{Chosen, ReadSelection, SubEntitySet};
use crate::request::Response;
use crate::url::Keys;

/// How long a set lives that was made again from `$savedfilter`, in seconds.
const REBUILT_SECONDS: i64 = 600;
/// The id that stands for no entity at all.
const NONE: &str = "$none";

/// A selection, and the entity set it is when nothing narrowed it.
pub(super) struct Input {
    pub(super) selection: Rc<Selection>,
    pub(super) set: Option<Text>,
}

/// The selection a path and its options address.
pub(super) fn input(run: &mut Run, chosen: &Chosen, options: &Options) -> Result<Input, RestError> {
    // The permission to read comes before anything that could tell about attributes or values.
    tessera_orda::access::check(run.context(), chosen.dataclass, Action::Read)?;
    let Keys::EntitySet(id) = &chosen.keys else {
        let planned = read::narrowing(run, chosen.dataclass, options)?;
        let keyed = read::keyed(run, chosen.dataclass, &chosen.keys);
        let selection = run.select_planned(chosen.dataclass, planned, keyed)?;
        return Ok(Input { selection, set: None });
    };
    let mut selection = open(run, chosen.dataclass, id, options)?;
    let mut set = Some(id.clone());
    if options.clean {
        selection = run.existing(&selection)?;
        set = None;
    }
    if options.filter.is_some() || options.order_by.is_some() {
        let planned = read::narrowing(run, chosen.dataclass, options)?;
        if planned.filter != Filter::All || !planned.order.is_empty() {
            let members = Filter::Records(selection.records()?.to_vec());
            selection = run.select_planned(chosen.dataclass, planned, members)?;
            set = None;
        }
    }
    Ok(Input { selection, set })
}

/// The selection of an entity set; one that is gone is made again when the client says from what.
fn open(
    run: &mut Run,
    dataclass: DataclassId,
    id: &Text,
    options: &Options,
) -> Result<Rc<Selection>, RestError> {
    if id.eq_ignore_ascii_case(NONE) {
        return Ok(run.select(dataclass, Filter::None)?);
    }
    if let Some(selection) = entity_sets::open(run, dataclass, id)? {
        return Ok(selection);
    }
    let (filter, order_by) = (options.saved_filter.clone(), options.saved_order_by.clone());
    if (filter.is_none() && order_by.is_none()) || !is_set_id(id) {
        return Err(RestError::set_not_found(id));
    }
    let saved = Options {
        filter: filter.filter(|filter| !filter.eq_ignore_ascii_case("$all")),
        order_by,
        params: options.params.clone(),
        ..Options::default()
    };
    let planned = read::narrowing(run, dataclass, &saved)?;
    let selection = run.select_planned(dataclass, planned, Filter::All)?;
    entity_sets::keep_as(run, id.clone(), &selection, REBUILT_SECONDS)?;
    Ok(selection)
}

/// An id as this server makes them.
fn is_set_id(id: &str) -> bool {
    id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A selection brought together with an entity set: a selection again, or whether they share a member.
enum Combined {
    Selection(Input),
    Intersects(bool),
}

fn combine(run: &mut Run, input: Input, options: &Options) -> Result<Combined, RestError> {
    let Some(operator) = options.logic_operator.as_deref() else { return Ok(Combined::Selection(input)) };
    let combination = match operator.to_ascii_uppercase().as_str() {
        "AND" => Some(Combination::And),
        "OR" => Some(Combination::Or),
        "EXCEPT" => Some(Combination::Except),
        "INTERSECT" => None,
        _ => {
            return Err(RestError::new(400, 1818, format!("The logic operator {operator} does not exist")));
        }
    };
    let other = options.other_collection.as_deref().filter(|id| !id.is_empty());
    let other = other.ok_or_else(|| {
        RestError::new(400, 1819, "$logicOperator needs $otherCollection with the id of an entity set")
    })?;
    let dataclass = input.selection.dataclass();
    let wrong = || RestError::new(404, 1820, format!("\"{other}\" is no entity set of this dataclass"));
    let other = match entity_sets::open(run, dataclass, other) {
        Ok(Some(other)) => other,
        Ok(None) => return Err(wrong()),
        Err(error) if error.errors.first().is_some_and(|(code, ..)| *code == 1803) => return Err(wrong()),
        Err(error) => return Err(error),
    };
    match combination {
        Some(combination) => {
            let mut selection = run.combined(combination, &input.selection, &other)?;
            if options.order_by.is_some() {
                let ordering = Options { order_by: options.order_by.clone(), ..Options::default() };
                let order = read::narrowing(run, dataclass, &ordering)?.order;
                let members = Filter::Records(selection.records()?.to_vec());
                selection = run.select_ordered(dataclass, members, order)?;
            }
            Ok(Combined::Selection(Input { selection, set: None }))
        }
        None => {
            let shared = run.combined(Combination::And, &input.selection, &other)?;
            Ok(Combined::Intersects(shared.length()? > 0))
        }
    }
}

/// Answers with a page of a selection, or with what is computed over it.
pub(super) fn answer(run: &mut Run, read: ReadSelection, options: &Options) -> Result<Response, RestError> {
    let ReadSelection { chosen, projection, attributes, is_long: _ } = read;
    let input = input(run, &chosen, options)?;
    let Input { selection, set } = match combine(run, input, options)? {
        Combined::Selection(input) => input,
        Combined::Intersects(shared) => {
            return Ok(Response::json(200, if shared { "true".into() } else { "false".into() }));
        }
    };
    if options.compute.is_some() || options.distinct {
        return super::compute::answer(run, &selection, attributes.as_deref(), options);
    }
    let set = match (options.makes_entity_set(), set) {
        (false, _) => None,
        (true, Some(same)) => Some(same),
        (true, None) => Some(entity_sets::keep(run, &selection, options.timeout)?),
    };
    let keys = match &chosen.keys {
        Keys::Many(keys) => Some(keys.as_slice()),
        _ => None,
    };
    page::answer(run, &Page { selection: &selection, projection: &projection, set, keys }, options)
}

/// The related entities of one entity, kept as a set of their own dataclass (`docs/REST/$method.md`).
pub(super) fn related(run: &mut Run, read: &SubEntitySet, options: &Options) -> Result<Response, RestError> {
    let selection = related_selection(run, read, options)?;
    let set = entity_sets::keep(run, &selection, options.timeout)?;
    let projection = Projection::everything(run.context().application(), selection.dataclass());
    let page = Page { selection: &selection, projection: &projection, set: Some(set), keys: None };
    page::answer(run, &page, options)
}

/// The related entities of one entity.
pub(super) fn related_selection(
    run: &mut Run,
    read: &SubEntitySet,
    options: &Options,
) -> Result<Rc<Selection>, RestError> {
    let application = std::sync::Arc::clone(run.context().application());
    let dataclass = read.chosen.dataclass;
    let row = read::row(run, &read.chosen, &level::shown())?;
    tessera_orda::access::check_attribute(run.context(), dataclass, read.attribute, Action::Read)?;
    let step = RelationStep::new(&application.catalog, dataclass, read.attribute)
        .filter(|step| step.many)
        .ok_or_else(RestError::no_sub_entity_set)?;
    let link = row.values.get(step.own.index()).cloned().unwrap_or(Scalar::Null);
    let order = Options {
        order_by: options.sub_order_by.clone().or_else(|| options.order_by.clone()),
        ..Options::default()
    };
    let order = read::narrowing(run, step.target, &order)?.order;
    Ok(run.select_related(&step, link, order)?)
}

/// Releases one set.
pub(super) fn release(run: &Run, chosen: &Chosen) -> Result<Response, RestError> {
    let Keys::EntitySet(id) = &chosen.keys else {
        return Err(RestError::not_applicable("$method=release without an entity set"));
    };
    if entity_sets::release(run, id) { Ok(Response::ok()) } else { Err(RestError::set_not_found(id)) }
}

/// `POST $entityset/$release`: several at once; ids that are not known are passed over.
pub(super) fn release_all(run: &Run, body: &str) -> Result<Response, RestError> {
    for id in crate::json::arguments::read(body)? {
        if let Some(id) = id.as_text() {
            entity_sets::release(run, id);
        }
    }
    Ok(Response::ok())
}

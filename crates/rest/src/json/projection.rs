//! Which attributes an answer holds: a tree made of `$attributes`, `$expand` or the attribute list of the path.

use tessera_model::{Attribute, AttributeId, AttributeKind, DataclassId};
use tessera_orda::{Application, Context, Leads, access};
use tessera_sessions::Action;

use crate::error::RestError;
use crate::options::Options;

/// The attributes of one dataclass in an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Projection {
    pub(crate) dataclass: Option<DataclassId>,
    pub(crate) nodes: Vec<Node>,
}

/// One attribute.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) attribute: AttributeId,
    /// Asked for by name? Then an unreadable one is shown as invalid, not left out (D4).
    pub(crate) named: bool,
    /// The attributes of the related entities, when they are wanted.
    pub(crate) below: Option<Projection>,
}

/// How many relations one path follows.
const DEPTH_MAX: usize = 8;

impl Projection {
    /// Reads what a request asks for.
    pub(crate) fn new(
        application: &Application,
        dataclass: DataclassId,
        list: Option<&str>,
        options: &Options,
    ) -> Result<Self, RestError> {
        let mut projection = match list.or(options.attributes.as_deref()).map(str::trim) {
            None | Some("" | "*") => Self::everything(application, dataclass),
            Some(list) => {
                let mut projection = Self { dataclass: Some(dataclass), nodes: Vec::new() };
                for path in list.split(',').map(str::trim).filter(|path| !path.is_empty()) {
                    projection.add(application, path, 0)?;
                }
                projection
            }
        };
        if let Some(expand) = options.expand.as_deref() {
            for path in expand.split(',').map(str::trim).filter(|path| !path.is_empty()) {
                projection.expand(application, path)?;
            }
        }
        Ok(projection)
    }

    /// Every exposed attribute.
    pub(crate) fn everything(application: &Application, dataclass: DataclassId) -> Self {
        let nodes = application
            .catalog
            .dataclass(dataclass)
            .attributes()
            .iter()
            .filter(|attribute| application.catalog.is_visible(attribute))
            .map(|attribute| Node { attribute: attribute.id, named: false, below: None })
            .collect();
        Self { dataclass: Some(dataclass), nodes }
    }

    fn find<'a>(
        &self,
        application: &'a Application,
        name: &str,
    ) -> Result<(DataclassId, &'a Attribute), RestError> {
        let dataclass =
            self.dataclass.ok_or_else(|| RestError::malformed("A projection without a dataclass"))?;
        let described = application.catalog.dataclass(dataclass);
        let attribute = described
            .attribute_named(name)
            .filter(|attribute| application.catalog.is_visible(attribute))
            .ok_or_else(|| RestError::attribute_not_found(name, &described.name))?;
        Ok((dataclass, attribute))
    }

    fn node(&mut self, attribute: AttributeId) -> &mut Node {
        let position = self.nodes.iter().position(|node| node.attribute == attribute).unwrap_or_else(|| {
            self.nodes.push(Node { attribute, named: true, below: None });
            self.nodes.len() - 1
        });
        &mut self.nodes[position]
    }

    /// `name`, `employer`, `employer.name`, `employer.*`
    fn add(&mut self, application: &Application, path: &str, depth: usize) -> Result<(), RestError> {
        if path == "*" {
            for node in Self::everything(application, self.dataclass.unwrap_or(DataclassId(0))).nodes {
                self.node(node.attribute);
            }
            return Ok(());
        }
        let (head, rest) = path.split_once('.').map_or((path, None), |(head, rest)| (head, Some(rest)));
        let (dataclass, attribute) = self.find(application, head)?;
        let Some(rest) = rest else {
            self.node(attribute.id);
            return Ok(());
        };
        let target = shown_target(application, dataclass, attribute);
        let Some(target) = target.filter(|_| depth < DEPTH_MAX) else {
            return Err(RestError::attribute_not_found(path, head));
        };
        let node = self.node(attribute.id);
        let below = node.below.get_or_insert_with(|| Self { dataclass: Some(target), nodes: Vec::new() });
        below.add(application, rest, depth + 1)
    }

    /// `$expand`: the related entities with all their attributes.
    fn expand(&mut self, application: &Application, path: &str) -> Result<(), RestError> {
        let mut level = self;
        for step in path.split('.').take(DEPTH_MAX) {
            let (dataclass, attribute) = level.find(application, step).map_err(|error| {
                let name = level.dataclass.map(|id| application.catalog.dataclass(id).name.clone());
                if error.status == 404 {
                    RestError::expand_not_found(step, &name.unwrap_or_default())
                } else {
                    error
                }
            })?;
            let target = shown_target(application, dataclass, attribute).ok_or_else(|| {
                RestError::expand_not_found(step, &application.catalog.dataclass(dataclass).name)
            })?;
            let node = level.node(attribute.id);
            level = node.below.get_or_insert_with(|| Self::everything(application, target));
        }
        Ok(())
    }

    /// Does showing it run user code?
    pub(crate) fn runs_code(&self, application: &Application) -> bool {
        let Some(dataclass) = self.dataclass else { return false };
        let described = application.catalog.dataclass(dataclass);
        self.nodes.iter().any(|node| match &described.attribute(node.attribute).kind {
            AttributeKind::Calculated(_) => true,
            AttributeKind::Alias { path } => path.split('.').count() > 2 || node.below.is_some(),
            _ => node.below.as_ref().is_some_and(|below| {
                below.dataclass.is_some_and(|target| application.runs_code_to_read(target))
                    || below.runs_code(application)
            }),
        })
    }

    /// Leaves out what the session may not read and was not named; tells for each node whether it may be read.
    pub(crate) fn readable<'p>(&'p self, context: &'p Context) -> impl Iterator<Item = (&'p Node, bool)> {
        // Who may read everything, or reads what has no rules, is not asked about each attribute.
        let checked = self.dataclass.filter(|dataclass| {
            !context.is_unrestricted() && context.application().permissions.has_attribute_rules(*dataclass)
        });
        self.nodes
            .iter()
            .map(move |node| {
                let readable = checked.is_none_or(|dataclass| {
                    access::may_attribute(context, dataclass, node.attribute, Action::Read)
                });
                (node, readable)
            })
            .filter(|(node, readable)| *readable || node.named)
    }
}

/// The dataclass whose entities an attribute leads to, if clients may see it.
pub(crate) fn shown_target(
    application: &Application,
    dataclass: DataclassId,
    attribute: &Attribute,
) -> Option<DataclassId> {
    let catalog = &application.catalog;
    let target = Leads::of(catalog, catalog.dataclass(dataclass), attribute).target()?;
    catalog.dataclass(target).exposed.then_some(target)
}

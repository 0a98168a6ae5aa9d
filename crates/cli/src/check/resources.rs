//! The names that permissions may speak of.

use std::collections::HashSet;

use tessera_model::{Catalog, ResourceNames};
use tessera_orda::Built;
use tessera_vm::{Program, Singleton};

/// The names that permissions may speak of.
pub(crate) struct Resources<'b> {
    catalog: &'b Catalog,
    functions: HashSet<(String, String)>,
    singletons: HashSet<String>,
}

impl<'b> Resources<'b> {
    pub(crate) fn new(built: &'b Built) -> Self {
        let (catalog, program) = (&built.catalog, &built.program);
        let mut functions = HashSet::new();
        let mut add = |owner: &str, class: &str| {
            functions.extend(functions_of(program, class).map(|name| (owner.to_lowercase(), name)));
        };
        add("ds", "DataStore");
        for dataclass in catalog.dataclasses() {
            let name = &dataclass.name;
            for class in [name.to_string(), format!("{name}Entity"), format!("{name}Selection")] {
                add(name, &class);
            }
        }
        let mut singletons = HashSet::new();
        for class in program.classes().iter().filter(|class| class.singleton != Singleton::No) {
            add(&class.name, &class.name);
            singletons.insert(class.name.to_lowercase().to_string());
        }
        Self { catalog, functions, singletons }
    }
}

fn functions_of<'p>(program: &'p Program, class: &str) -> impl Iterator<Item = String> + use<'p> {
    let class = program.class(class).map(|class| class.id);
    class
        .into_iter()
        .flat_map(|class| program.lineage(class).flat_map(|class| class.functions.keys()))
        .map(|name| name.to_lowercase().to_string())
}

impl ResourceNames for Resources<'_> {
    fn is_dataclass(&self, name: &str) -> bool {
        self.catalog.dataclasses().iter().any(|dataclass| dataclass.name.eq_ignore_ascii_case(name))
    }

    fn is_attribute(&self, dataclass: &str, attribute: &str) -> bool {
        let dataclass =
            self.catalog.dataclasses().iter().find(|known| known.name.eq_ignore_ascii_case(dataclass));
        dataclass.is_some_and(|dataclass| {
            dataclass.attributes().iter().any(|known| known.name.eq_ignore_ascii_case(attribute))
        })
    }

    fn is_function(&self, owner: &str, function: &str) -> bool {
        self.functions.contains(&(owner.to_lowercase(), function.to_lowercase()))
    }

    fn is_singleton(&self, name: &str) -> bool {
        self.singletons.contains(&name.to_lowercase())
    }

    fn is_singleton_function(&self, singleton: &str, function: &str) -> bool {
        self.is_singleton(singleton) && self.is_function(singleton, function)
    }
}

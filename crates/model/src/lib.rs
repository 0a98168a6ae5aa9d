//! What a project declares: catalog, dataclasses, roles, settings, and the query language.

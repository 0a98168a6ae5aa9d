//! The datastore as code and clients see it: dataclasses, entities, permissions, user functions.

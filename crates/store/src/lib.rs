//! Runs query plans and saves entities on a database engine.

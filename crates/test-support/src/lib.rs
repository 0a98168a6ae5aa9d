//! Projects, clients and clocks for tests.

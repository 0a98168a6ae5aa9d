//! Compiles 4D syntax trees to bytecode and runs them.

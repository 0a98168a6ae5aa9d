//! Compiles 4D syntax trees to bytecode and runs them.
//!
//! [`compile()`] turns parsed files into a [`Program`]; a [`Process`] runs its routines. What the language can't do
//! alone (data, sessions, files, the web) it asks of its [`Host`]. The crate does no I/O itself and knows nothing of
//! projects, datastores or sessions.
//!
//! ```text
//! syntax::ast  →  compile (names, then bodies)  →  Program: routines of bytecode
//!                                                     ↓
//!                         Host  ←  commands  ←  Process: frames, registers, errors
//! ```

mod arguments;
mod built_in_class;
pub mod bytecode;
mod class;
mod code;
mod commands;
mod compile;
pub mod convert;
mod frame;
mod function;
mod host;
mod iterator;
mod keywords;
mod kinds;
mod limits;
mod member;
mod operators;
mod parcel;
mod place;
mod process;
mod program;
mod run;
mod semaphores;
mod signal;
pub mod stored;
mod vector;

pub use arguments::Arguments;
pub use built_in_class::{BuiltInClass, Constructor, built_in_class};
pub use class::{ClassObject, instantiate, singleton};
pub use commands::charset::{Charset, Endian};
pub use commands::{error_object, is_collection_function};
pub use compile::{Source, SourceKind, compile, compile_expression, compile_with_locals};
pub use function::FunctionValue;
pub use host::{Environment, Host, Importance, Limits, NoHost, Shared, Singletons};
pub use member::{call as call_member, get as get_member, set as set_member};
pub use operators::contains_keyword;
pub use parcel::Parcel;
pub use process::Process;
pub use program::{Base, Class, Computed, Function, Global, Method, Program, Property, Singleton};
pub use semaphores::Semaphores;
pub use vector::vector;

//! 4D values and the rules that compare, convert and print them.
//!
//! Rows, literals in a query, the registers of the virtual machine, a session's storage and JSON all speak
//! these values. The crate does no I/O and knows nothing of projects, datastores or sessions.
//!
//! [`Value`] is what running 4D code holds; it may point at objects local to a process and therefore never
//! leaves its thread. [`Scalar`] is the part of it that can be stored and sent between threads.
//!
//! ```
//! use tessera_values::{Scalar, text_equal};
//!
//! assert!(text_equal("jean", "Jéan"));
//! assert_eq!(Scalar::from(12_i64).as_integer(), Some(12));
//! ```

mod array;
mod blob;
mod clock;
mod collation;
mod collection;
mod compare;
mod date;
mod error;
mod json;
mod moving;
mod native;
mod number;
mod object;
mod pointer;
mod properties;
mod release;
mod scalar;
mod shared;
mod text;
mod time;
mod value;
mod vector;

pub use array::{Array, ArrayKind, ArrayRef};
pub use blob::{Blob, Picture};
pub use clock::{Chance, Clock, ManualClock};
pub use collation::{
    Pattern, TEXT_KEY_VERSION, fold_search, text_compare, text_equal, text_key, text_matches, text_prefix,
};
pub use collection::{COLLECTION_LENGTH_MAX, CollectionRef, Elements};
pub use compare::{CompareError, REAL_EPSILON, compare_order, equal, sort_order};
pub use date::Date;
pub use error::{ErrorStack, FourDError, RUNTIME_ERROR};
pub use json::{
    DateForm, JsonError, check_json, parse_client_json, parse_json, parse_relaxed, write_json,
    write_json_string,
};
pub use native::{Native, Scope};
pub use number::{format_number, parse_number, print_real, push_integer, push_real};
pub use object::{ClassId, Local, ObjectRef};
pub use pointer::{Pointer, Variable};
pub use properties::Properties;
pub use release::release;
pub use scalar::Scalar;
pub use shared::{
    Group, NOBODY, ProcessId, ShareError, SharedCollection, SharedNative, SharedObject, SharedValue,
};
pub use text::{TEXT_BYTES_MAX, Text, character, length, substring};
pub use time::Time;
pub use value::{Value, ValueType};
pub use vector::Metric;

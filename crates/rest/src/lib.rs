//! The 4D REST protocol: a request value in, a response value out.

//! Sockets, TLS, cookies, static files and 4D tags.

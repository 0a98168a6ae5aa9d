//! Web sessions, privileges, permissions and licences.

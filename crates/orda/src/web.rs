//! What code sees of the web: the server, the request it serves, and the answer it makes.

mod answer;
mod calls;
mod form;
mod incoming;
pub mod multipart;
mod outgoing;
mod request;
mod server;
mod settings;

pub use answer::{WebAnswer, WebBody};
pub use calls::WebConnection;
pub(crate) use form::WebForm;
pub use form::{ItemChange, Notification, PageNews, StateChange};
pub(crate) use multipart::parameter;
pub use outgoing::OutgoingMessage;
pub use request::WebRequest;
pub(crate) use server::WebServer;
pub use settings::{SameSite, WebServerSettings, WebSettings};

pub(crate) use answer::header;

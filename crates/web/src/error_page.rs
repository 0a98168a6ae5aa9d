//! The project's own pages for errors: `404.html`, then `4xx.html` (`docs/WebServer/errorPages.md`, S159).
//!
//! Only the server's own short answers are replaced; what code or REST answers stays as it is.

use http::{HeaderValue, Response};

use crate::body::{Body, OwnAnswer, full};
use crate::service::Site;

/// Puts the project's page in the place of the server's own text.
pub(crate) async fn replace(site: &Site, response: Response<Body>) -> Response<Body> {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error())
        || response.extensions().get::<OwnAnswer>().is_none()
    {
        return response;
    }
    let code = status.as_u16();
    let names = [format!("{code}.html"), format!("{}xx.html", code / 100)];
    let paths = &site.application.paths;
    let Some(file) = names.iter().find_map(|name| paths.web_file(name)) else { return response };
    let page = tokio::task::spawn_blocking(move || std::fs::read(file)).await;
    let Ok(Ok(page)) = page else { return response };
    let mut response = response.map(|_| full(page));
    let html = HeaderValue::from_static("text/html; charset=UTF-8");
    response.headers_mut().insert(http::header::CONTENT_TYPE, html);
    response
}

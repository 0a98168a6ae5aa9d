//! The web part of `settings.4DSettings`: what the project itself says about serving it.
//!
//! Server-side settings (`tessera.toml`, environment, flags) are none of this file's business; whoever reads them
//! overrides these. Unknown elements and attributes are ignored, values that can't be read keep their default.

use tessera_values::Text;

use crate::cors::{Cors, CorsRule};
use crate::xml::{Element, position};

/// What the project's settings files say about the web server.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Start the web server at launch. Serving a project is asking for it, so this is only for display.
    pub publish_at_startup: bool,
    /// HTTP is on.
    pub http_enabled: bool,
    /// The HTTP port.
    pub http_port: u16,
    /// HTTPS is on; it also needs a certificate.
    pub https_enabled: bool,
    /// The HTTPS port.
    pub https_port: u16,
    /// "Expose as REST server".
    pub rest_enabled: bool,
    /// Pages are served.
    pub pages_enabled: bool,
    /// How sessions work.
    pub session_mode: SessionMode,
    /// The page behind `/`.
    pub home_page: Text,
    /// The folder of static files, relative to the project's root.
    pub html_root: Text,
    /// Requests from other origins.
    pub cors: Cors,
    /// The number of requests served on one connection; `None` when the file says nothing.
    pub keep_alive_requests: Option<u32>,
}

/// How sessions work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SessionMode {
    /// Scalable sessions. Also when the settings say nothing (`docs/WebServer/sessions.md`).
    #[default]
    Scalable,
    /// No sessions.
    // UNSPECIFIED: the meaning of 2. Taken: no sessions.
    None,
    /// Sessions of converted old projects.
    Legacy,
}

/// A settings file that is not XML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsFault {
    /// From 1.
    pub line: usize,
    /// From 1.
    pub column: usize,
    /// What the reader says.
    pub message: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            publish_at_startup: false,
            http_enabled: true,
            http_port: 80,
            https_enabled: true,
            https_port: 443,
            rest_enabled: false,
            pages_enabled: false,
            session_mode: SessionMode::Scalable,
            home_page: "index.html".into(),
            html_root: "WebFolder".into(),
            cors: Cors::default(),
            keep_alive_requests: None,
        }
    }
}

impl Settings {
    /// Lets a file's text override what is set so far. Files are applied from the least to the most important.
    ///
    /// ```
    /// let mut settings = tessera_model::Settings::default();
    /// let xml = r#"<preferences><com.4d><web><standalone_server><rest launch_at_startup="true"/>
    ///     </standalone_server></web></com.4d></preferences>"#;
    /// settings.apply(xml).unwrap();
    /// assert!(settings.rest_enabled);
    /// ```
    pub fn apply(&mut self, xml: &str) -> Result<(), SettingsFault> {
        let xml = xml.strip_prefix('\u{FEFF}').unwrap_or(xml);
        let root = Element::parse(xml).map_err(|fault| {
            let (line, column) = position(xml, fault.offset);
            SettingsFault { line, column, message: fault.message }
        })?;
        // Beside it stands `remote`, which is about other machines.
        let server = ["com.4d", "web", "standalone_server"]
            .iter()
            .try_fold(&root, |element, name| element.child(name));
        if let Some(server) = server {
            self.read(server);
        }
        Ok(())
    }

    fn read(&mut self, server: &Element) {
        if let Some(configuration) = server.child("configuration") {
            self.configuration(configuration);
        }
        // An attribute that is absent in a file that mentions REST means off.
        if let Some(rest) = server.child("rest") {
            self.rest_enabled = rest.flag("launch_at_startup");
        }
        for name in ["qodlystudio", "webstudio"] {
            if let Some(studio) = server.child(name) {
                self.pages_enabled |= studio.flag("enabled");
            }
        }
        let options = server.child("options");
        // Known files have it directly in the server or under its options.
        let cors = [server.child("cors"), options.and_then(|options| options.child("cors"))];
        for cors in cors.into_iter().flatten() {
            self.cors.enabled = cors.flag("enabled");
            self.cors.rules.clear();
            rules(cors, &mut self.cors.rules);
        }
        if let Some(keep_alive) = options.and_then(|options| options.child("keep_alive"))
            && let Some(number) = keep_alive.get("requests_number").and_then(|n| n.parse().ok())
        {
            self.keep_alive_requests = Some(number);
        }
    }

    fn configuration(&mut self, element: &Element) {
        let set = |flag: &mut bool, name: &str| match element.get(name) {
            Some("true") => *flag = true,
            Some("false") => *flag = false,
            _ => {}
        };
        set(&mut self.publish_at_startup, "publish_at_startup");
        set(&mut self.http_enabled, "allowHttp");
        set(&mut self.https_enabled, "allow_ssl");
        let port = |port: &mut u16, name: &str, zero: u16| {
            if let Some(number) = element.get(name).and_then(|text| text.parse().ok()) {
                *port = if number == 0 { zero } else { number };
            }
        };
        port(&mut self.http_port, "port_number", 80);
        port(&mut self.https_port, "https_port_number", 443);
        match element.get("session_mode") {
            Some("1") => self.session_mode = SessionMode::Scalable,
            Some("2") => self.session_mode = SessionMode::None,
            Some("3") => self.session_mode = SessionMode::Legacy,
            _ => {}
        }
        let host = element.child("hosts").and_then(|hosts| hosts.child("host"));
        for (name, field) in [("home_page", &mut self.home_page), ("html_root", &mut self.html_root)] {
            if let Some(text) = host.and_then(|host| host.get(name)).filter(|text| !text.is_empty()) {
                *field = text.into();
            }
        }
    }
}

// UNSPECIFIED: the element names of the CORS list. Taken: any element below with a `domain`, `host` or `name`.
fn rules(element: &Element, found: &mut Vec<CorsRule>) {
    for child in &element.children {
        if let Some(host) = ["domain", "host", "name"].iter().find_map(|name| child.get(name)) {
            found.push(CorsRule { host: host.into(), methods: child.text("methods").into() });
        }
        rules(child, found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn read(server: &str) -> Settings {
        let mut settings = Settings::default();
        let xml = format!(
            "<preferences stamp=\"1\"><com.4d><web><standalone_server>{server}</standalone_server>\
             <remote><rest launch_at_startup=\"true\"/></remote></web></com.4d></preferences>"
        );
        settings.apply(&xml).unwrap();
        settings
    }

    #[test]
    fn what_is_absent_has_its_default() {
        assert_eq!(read(""), Settings::default());
        assert_eq!(read("").session_mode, SessionMode::Scalable);
        assert!(!read("").rest_enabled);
    }

    #[test]
    fn known_settings_are_read() {
        let settings = read(
            r#"<configuration publish_at_startup="true" port_number="8044" allow_ssl="false" https_port_number="0"
               session_mode="3" allowHttp="nonsense"><hosts><host id="1" home_page="start.html" html_root="./www/"/></hosts>
               </configuration><rest launch_at_startup="true"/><webstudio enabled="true"/>
               <options><cors enabled="true"><list><item domain="example.org" methods="get;post"/></list></cors>
               <keep_alive requests_number="100"/></options>"#,
        );
        assert!(settings.publish_at_startup && settings.rest_enabled && settings.pages_enabled);
        assert!(settings.http_enabled && !settings.https_enabled);
        assert_eq!((settings.http_port, settings.https_port), (8044, 443));
        assert_eq!(settings.session_mode, SessionMode::Legacy);
        assert_eq!((settings.home_page.as_str(), settings.html_root.as_str()), ("start.html", "./www/"));
        assert_eq!(settings.cors.rules[0].host, "example.org");
        assert_eq!(settings.keep_alive_requests, Some(100));
    }

    #[test]
    fn later_files_override_what_they_mention() {
        let mut settings = read(r#"<configuration port_number="8044"/><rest launch_at_startup="true"/>"#);
        let user = "<preferences><com.4d><web><standalone_server><configuration port_number=\"9000\"/>\
                    </standalone_server></web></com.4d></preferences>";
        settings.apply(user).unwrap();
        assert_eq!(settings.http_port, 9000);
        assert!(settings.rest_enabled);
        assert_eq!(settings.apply("<preferences>\n<x").unwrap_err().line, 2);
    }
}

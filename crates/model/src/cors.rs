//! Requests from other origins: which ones are allowed what (`docs/API/WebServerClass.md`, `CORSSettings`).

use tessera_values::Text;

/// Requests from other origins.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cors {
    /// Allowed at all?
    pub enabled: bool,
    /// From where, for what.
    pub rules: Vec<CorsRule>,
}

/// One allowed origin.
#[derive(Clone, Debug, PartialEq)]
pub struct CorsRule {
    /// Its host, as written: `a.org`, `a.org:8080`, `http://a.org`, `*.a.org`, `192.168.*` or `*`.
    pub host: Text,
    /// The methods, as written; empty for all.
    pub methods: Text,
}

impl Cors {
    /// The rule that allows an origin a method.
    ///
    /// ```
    /// use tessera_model::{Cors, CorsRule};
    ///
    /// let rule = CorsRule { host: "*.a.org".into(), methods: "get;post".into() };
    /// let cors = Cors { enabled: true, rules: vec![rule] };
    /// assert!(cors.allows("https://www.a.org", "POST").is_some());
    /// assert!(cors.allows("https://www.a.org", "PUT").is_none());
    /// ```
    pub fn allows(&self, origin: &str, method: &str) -> Option<&CorsRule> {
        self.rules.iter().find(|rule| rule.has_origin(origin) && rule.has_method(method))
    }
}

impl CorsRule {
    /// Is every origin allowed?
    pub fn is_for_all(&self) -> bool {
        self.host == "*"
    }

    fn has_method(&self, method: &str) -> bool {
        let mut methods =
            self.methods.split([';', ',']).map(str::trim).filter(|word| !word.is_empty()).peekable();
        methods.peek().is_none() || methods.any(|known| known.eq_ignore_ascii_case(method))
    }

    // UNSPECIFIED: a host without a port, for an origin with one. Taken: any port.
    fn has_origin(&self, origin: &str) -> bool {
        let host = self.host.trim();
        if host == "*" {
            return true;
        }
        let Some((scheme, authority)) = origin.split_once("://") else { return false };
        let (wanted_scheme, wanted) = match host.split_once("://") {
            Some((scheme, rest)) => (Some(scheme), rest.trim_end_matches('/')),
            None => (None, host),
        };
        if wanted.is_empty() || wanted_scheme.is_some_and(|wanted| !wanted.eq_ignore_ascii_case(scheme)) {
            return false;
        }
        let (name, port) = split_port(authority);
        let (pattern, wanted_port) = split_port(wanted);
        let default_port = if scheme.eq_ignore_ascii_case("https") { "443" } else { "80" };
        wanted_port.is_none_or(|wanted| wanted == port.unwrap_or(default_port)) && is_host(pattern, name)
    }
}

fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => {
            (host, Some(port))
        }
        _ => (authority, None),
    }
}

fn is_host(pattern: &str, name: &str) -> bool {
    let ends = |suffix: &str| {
        name.len()
            .checked_sub(suffix.len())
            .and_then(|start| name.get(start..))
            .is_some_and(|end| name.len() > suffix.len() && end.eq_ignore_ascii_case(suffix))
    };
    if let Some(domain) = pattern.strip_prefix('*') {
        return domain.starts_with('.') && ends(domain);
    }
    // `192.168.*` is for addresses: a name such as 192.168.evil.org must not slip in.
    if let Some(network) = pattern.strip_suffix('*') {
        return name.strip_prefix(network).is_some_and(|rest| {
            !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        });
    }
    pattern.eq_ignore_ascii_case(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(host: &str, origin: &str, expected: bool) {
        let rule = CorsRule { host: host.into(), methods: Text::new() };
        assert_eq!(rule.has_origin(origin), expected, "{host} for {origin}");
    }

    // S167
    #[test]
    fn every_form_of_host() {
        check("a.org", "https://A.org", true);
        check("a.org", "http://a.org:8080", true);
        check("a.org", "http://b.a.org", false);
        check("a.org:8080", "http://a.org:8080", true);
        check("a.org:8080", "http://a.org", false);
        check("a.org:443", "https://a.org", true);
        check("http://a.org", "https://a.org", false);
        check("http://a.org", "http://a.org", true);
        check("*.a.org", "https://b.c.a.org", true);
        check("*.a.org", "https://a.org", false);
        check("*.a.org", "https://nota.org", false);
        check("192.168.*", "http://192.168.5.17", true);
        check("192.168.*", "http://192.168.evil.org", false);
        check("192.168.*:8081", "http://192.168.5.17:8081", true);
        check("192.168.*:8081", "http://192.168.5.17:80", false);
        check("*", "https://any.org", true);
        check("", "https://any.org", false);
        check("a.org", "null", false);
    }
}

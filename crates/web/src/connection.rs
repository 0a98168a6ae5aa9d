//! Who is at both ends of a connection.

use std::net::{IpAddr, SocketAddr};

use tessera_values::Text;

/// A connection as every request on it sees it.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) client: IpAddr,
    /// The client's address as 4D code sees it, written once: every request asks for it.
    pub(crate) client_address: Text,
    /// The address of ours that the client came to.
    pub(crate) server: SocketAddr,
    pub(crate) is_secure: bool,
}

impl Connection {
    pub(crate) fn new(client: SocketAddr, server: SocketAddr, is_secure: bool) -> Self {
        let client = client.ip();
        Self { client, client_address: mapped(client), server, is_secure }
    }

    /// The server's address as 4D code sees it.
    pub(crate) fn server_address(&self) -> Text {
        mapped(self.server.ip())
    }
}

/// IPv4 is written inside IPv6 (sessions-privileges-web section 14.4, S155).
fn mapped(address: IpAddr) -> Text {
    match address {
        IpAddr::V4(address) => format!("::ffff:{address}").into(),
        IpAddr::V6(address) => address.to_string().into(),
    }
}

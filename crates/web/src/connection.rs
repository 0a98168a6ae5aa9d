//! Who is at both ends of a connection.

use std::net::{IpAddr, SocketAddr};

use tessera_values::Text;

/// A connection as every request on it sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Connection {
    pub(crate) client: SocketAddr,
    /// The address of ours that the client came to.
    pub(crate) server: SocketAddr,
    pub(crate) is_secure: bool,
}

impl Connection {
    /// The client's address as 4D code sees it.
    pub(crate) fn client_address(&self) -> Text {
        mapped(self.client.ip())
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

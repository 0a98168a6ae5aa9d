//! An encrypted line to the database.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tessera_store::{Options, StoreError};
use tessera_test_support::{POSTGRES_PASSWORD, Postgres};

use crate::open;

/// An authority, and the certificate it gave to 127.0.0.1 with its key.
fn certificates() -> (String, String, String) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().unwrap();
    let root = authority.self_signed(&authority_key).unwrap();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().signed_by(&key, &issuer);
    (root.pem(), certificate.unwrap().pem(), key.serialize_pem())
}

#[test]
fn the_certificate_is_looked_at_when_that_is_asked_for() {
    let (root, certificate, key) = certificates();
    let Some(server) = Postgres::with_tls(&certificate, &key) else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let (root, stranger) = (file("root.pem", &root), file("stranger.pem", &certificates().0));
    let password = POSTGRES_PASSWORD.replace(' ', "%20");
    let connect = |host: &str, options: &str| {
        let url = format!("postgres://tessera:{password}@{host}:{}/postgres?{options}", server.port());
        open(&url, Options::default()).map(|_| ())
    };
    for options in ["", "sslmode=disable", "sslmode=prefer", "sslmode=require"] {
        connect("127.0.0.1", options).unwrap();
    }
    connect("127.0.0.1", &format!("sslmode=verify-full&sslrootcert={root}")).unwrap();
    connect("127.0.0.1", &format!("sslrootcert={root}")).unwrap();
    // Signed by somebody else, or for another host.
    let strange = connect("127.0.0.1", &format!("sslmode=verify-full&sslrootcert={stranger}"));
    assert!(matches!(&strange, Err(StoreError::Unreachable { .. })), "{strange:?}");
    let elsewhere = connect("localhost", &format!("sslmode=verify-full&sslrootcert={root}"));
    assert!(matches!(&elsewhere, Err(StoreError::Unreachable { .. })), "{elsewhere:?}");
    // Who asks for the right server is not content with an open line.
    let plain = Postgres::shared().unwrap();
    let url = format!("postgres://tessera:{password}@127.0.0.1:{}/postgres?sslrootcert={root}", plain.port());
    assert!(matches!(open(&url, Options::default()).map(|_| ()), Err(StoreError::Unreachable { .. })));
}

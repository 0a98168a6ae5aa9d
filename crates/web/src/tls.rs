//! TLS: certificate and key from PEM files.

use std::sync::Arc;
use std::time::SystemTime;

use arc_swap::ArcSwap;
use camino::Utf8PathBuf;
use parking_lot::Mutex;
use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

/// Where the certificate chain and its key are.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// PEM with the server's certificate first.
    pub certificate: Utf8PathBuf,
    /// PEM with the private key.
    pub key: Utf8PathBuf,
}

/// Why TLS can't be served.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The certificate file.
    #[error("The certificate {file} can't be read: {reason}. Give a PEM file with --tls-cert.")]
    Certificate {
        /// The file.
        file: Utf8PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The key file.
    #[error("The private key {file} can't be read: {reason}. Give a PEM file with --tls-key.")]
    Key {
        /// The file.
        file: Utf8PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// They do not belong together, or the kind of key is not supported.
    #[error("The certificate and the key can't be used together: {0}.")]
    Mismatch(String),
}

/// The certificate in force. It follows its files: a renewed certificate is served without a restart.
pub(crate) struct Certificate {
    files: TlsFiles,
    config: ArcSwap<ServerConfig>,
    seen: Mutex<Option<[SystemTime; 2]>>,
}

impl Certificate {
    pub(crate) fn load(files: &TlsFiles) -> Result<Self, TlsError> {
        let seen = changed(files);
        let config = config(files)?;
        Ok(Self { files: files.clone(), config: ArcSwap::new(config), seen: Mutex::new(seen) })
    }

    /// For the next connection.
    pub(crate) fn config(&self) -> Arc<ServerConfig> {
        self.config.load_full()
    }

    /// Looks whether the files changed. Broken ones are named in the log, and the certificate before stays in force.
    pub(crate) fn refresh(&self) {
        let now = changed(&self.files);
        let mut seen = self.seen.lock();
        if now.is_none() || *seen == now {
            return;
        }
        *seen = now;
        match config(&self.files) {
            Ok(config) => {
                self.config.store(config);
                tracing::info!("the certificate {} was read again", self.files.certificate);
            }
            Err(error) => tracing::error!("{error} The certificate read before stays in force."),
        }
    }
}

/// When the files changed last; `None` while one of them is missing.
fn changed(files: &TlsFiles) -> Option<[SystemTime; 2]> {
    let of = |file: &Utf8PathBuf| std::fs::metadata(file).and_then(|file| file.modified()).ok();
    Some([of(&files.certificate)?, of(&files.key)?])
}

/// TLS 1.2 and 1.3, HTTP/1.1 and HTTP/2 (H20).
fn config(files: &TlsFiles) -> Result<Arc<ServerConfig>, TlsError> {
    let certificate = |reason: String| TlsError::Certificate { file: files.certificate.clone(), reason };
    let chain = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| certificate(error.to_string()))?;
    if chain.is_empty() {
        return Err(certificate("it holds no certificate".into()));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key)
        .map_err(|error| TlsError::Key { file: files.key.clone(), reason: error.to_string() })?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|error| TlsError::Mismatch(error.to_string()))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn write(files: &TlsFiles, at: SystemTime) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        for (file, text) in
            [(&files.certificate, made.cert.pem()), (&files.key, made.signing_key.serialize_pem())]
        {
            std::fs::write(file, text).expect("written");
            std::fs::File::options()
                .write(true)
                .open(file)
                .and_then(|file| file.set_modified(at))
                .expect("dated");
        }
    }

    // H20
    #[test]
    fn a_renewed_certificate_is_served_and_a_broken_one_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| Utf8PathBuf::from_path_buf(folder.path().join(name)).expect("a UTF-8 name");
        let files = TlsFiles { certificate: path("cert.pem"), key: path("key.pem") };
        let first = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        write(&files, first);
        let certificate = Certificate::load(&files).expect("good files");
        let before = certificate.config();
        certificate.refresh();
        assert!(Arc::ptr_eq(&before, &certificate.config()), "nothing changed");
        write(&files, first + Duration::from_secs(1));
        certificate.refresh();
        let renewed = certificate.config();
        assert!(!Arc::ptr_eq(&before, &renewed), "the files changed");
        std::fs::write(&files.key, "no key").expect("written");
        certificate.refresh();
        assert!(Arc::ptr_eq(&renewed, &certificate.config()), "the good one stays");
    }
}

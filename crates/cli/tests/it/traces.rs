//! Traces sent to an OpenTelemetry collector, in builds with the feature `otel`.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use tessera_test_support::TempProject;

use crate::server::{Server, tessera};

/// Everything a collector was sent.
type Sent = Arc<Mutex<Vec<u8>>>;

/// A collector that answers for as long as the test runs.
fn collector() -> (String, Sent) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let sent = Sent::default();
    let kept = Arc::clone(&sent);
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            kept.lock().unwrap().extend(take(&mut connection.unwrap()));
        }
    });
    (address, sent)
}

fn take(connection: &mut TcpStream) -> Vec<u8> {
    let mut request = Vec::new();
    let mut part = [0; 4096];
    while let Ok(read @ 1..) = connection.read(&mut part) {
        request.extend_from_slice(&part[..read]);
        let Some(end) = request.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        if request.len() >= end + 4 + length.parse::<usize>().unwrap() {
            break;
        }
    }
    let _ = connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    request
}

#[test]
fn a_request_goes_on_with_the_trace_of_its_caller() {
    let (address, sent) = collector();
    let project = TempProject::copy_of("crm");
    let mut command = tessera();
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", address);
    // Filling the example makes thousands of spans, which must not push out those of the request.
    command.env("OTEL_BSP_MAX_QUEUE_SIZE", "100000");
    let server = Server::start_with(command, project.path(), &[]);
    let caller = ("traceparent", "00-0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a-0b0b0b0b0b0b0b0b-01");
    let login = r#"[{"email":"nora@example.com","password":"nora-secret"}]"#;
    let reply = server.client().send("POST", "/rest/$catalog/authentify", &[caller], login);
    assert_eq!(reply.status, 200);
    // Stopping sends the rest.
    let (status, log) = server.terminate();
    assert!(status.success(), "{log}");
    let sent = sent.lock().unwrap();
    let parts: [&[u8]; 5] =
        [&[0x0a; 16], &[0x0b; 8], b"/rest/$catalog/authentify", b"DataStore.authentify", b"sql"];
    for part in parts {
        assert!(sent.windows(part.len()).any(|window| window == part), "{}", String::from_utf8_lossy(part));
    }
}

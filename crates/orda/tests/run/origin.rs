//! A server on this machine that code of the cases sends requests to.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};

/// Starts it and answers its address, `http://127.0.0.1:port`. It lives as long as the test.
///
/// `/hops/N` redirects to `/hops/N-1`, and `/hops/0` answers; `/headers` sends a header with capitals; `/json` sends
/// JSON; `/echo` sends the request back.
pub(crate) fn start() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            // A client that goes away early is no concern of the server.
            std::thread::spawn(move || drop(answer(&stream)));
        }
    });
    format!("http://{address}")
}

fn answer(stream: &TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while reader.read_line(&mut head)? > 2 {}
    let target = head.split(' ').nth(1).unwrap_or_default();
    let hops = target.strip_prefix("/hops/").and_then(|hops| hops.parse::<u32>().ok());
    let (status, headers, body) = match (target, hops) {
        (_, Some(hops @ 1..)) => ("302 Found", format!("Location: /hops/{}\r\n", hops - 1), String::new()),
        ("/headers", _) => {
            ("200 OK", "X-Odd-CASE: Yes\r\nContent-Type: text/plain\r\n".into(), "hello".into())
        }
        ("/json", _) => ("200 OK", "Content-Type: application/json\r\n".into(), "{\"a\":[1,2]}".into()),
        ("/echo", _) => ("200 OK", "Content-Type: text/plain\r\n".into(), head.clone()),
        _ => ("200 OK", "Content-Type: text/plain\r\n".into(), "arrived".to_owned()),
    };
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n{body}",
        body.len()
    )
}

//! One request to a server, over redirects, with the errors sorted by whether it helps to try again.

use std::sync::Arc;
use std::time::Duration;

use ureq::http::{HeaderMap, StatusCode};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Error};
use url::Url;

use crate::failure::Failure;

use super::proxy;

/// More redirects in a row are a circle.
const MOST_REDIRECTS: usize = 10;

/// Why nothing, or not everything, came from an address.
#[derive(Debug)]
pub enum Trouble {
    /// It may be over in a moment; the server may have said in how long.
    Passing { why: String, wait: Option<Duration> },
    /// This address will not give the file.
    Refused(String),
    /// No address will help: the disk is full, say.
    Fatal(Failure),
}

impl Trouble {
    pub fn passing(why: impl Into<String>) -> Self {
        Self::Passing { why: why.into(), wait: None }
    }
}

/// What a server answered.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: ureq::BodyReader<'static>,
}

impl Answer {
    /// A header that is plain text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok().map(str::trim)
    }

    /// The length that the server announces.
    pub fn length(&self) -> Option<u64> {
        self.header("content-length")?.parse().ok()
    }
}

pub struct Client {
    agent: Agent,
    silence: Duration,
}

impl Client {
    /// A client that gives up when nothing arrives for a while.
    pub fn new(silence: Duration) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // Redirects are followed here, so that none leads from https to http.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_resolve(Some(silence))
            .timeout_connect(Some(silence))
            .timeout_recv_response(Some(silence))
            .timeout_per_read(Some(silence))
            .user_agent(concat!("latentlab/", env!("CARGO_PKG_VERSION")))
            .tls_config(TlsConfig::builder().root_certs(roots()).build())
            .build();
        Self { agent: config.new_agent(), silence }
    }

    /// Asks for an address, with headers.
    pub fn get(&self, address: &str, headers: &[(&str, String)]) -> Result<Answer, Trouble> {
        let mut url = Url::parse(address)
            .map_err(|error| Trouble::Refused(format!("this is no address: {error}")))?;
        for _ in 0..=MOST_REDIRECTS {
            let proxy = proxy::of(&url).map_err(Trouble::Refused)?;
            // What is sent packed once more would not be the file that the sums are of.
            let mut request = self.agent.get(url.as_str()).header("accept-encoding", "identity");
            for (name, value) in headers {
                request = request.header(*name, value);
            }
            let response = request.config().proxy(proxy).build().call();
            let response = response.map_err(|error| self.trouble(error))?;
            let (parts, body) = response.into_parts();
            let answer =
                Answer { status: parts.status, headers: parts.headers, body: body.into_reader() };
            match answer.header("location").filter(|_| is_redirect(parts.status)) {
                Some(location) => url = redirected(&url, location).map_err(Trouble::Refused)?,
                None => return Ok(answer),
            }
        }
        Err(Trouble::Refused(format!("more than {MOST_REDIRECTS} redirects, the last to {url}")))
    }

    /// An error in the words of somebody who waits for a file.
    pub fn trouble(&self, error: Error) -> Trouble {
        match error {
            Error::Timeout(_) => {
                Trouble::passing(format!("nothing arrived for {} s", self.silence.as_secs_f64()))
            }
            Error::HostNotFound => unknown_name(),
            // The standard library has no kind for it.
            Error::Io(error) if error.to_string().contains("lookup address") => unknown_name(),
            Error::Io(error) => match error.kind() {
                std::io::ErrorKind::UnexpectedEof => {
                    Trouble::passing("the connection ended before the file did")
                }
                // rustls puts its refusals of certificates in here.
                std::io::ErrorKind::InvalidData => Trouble::Refused(format!(
                    "{error} (certificates of one's own go into the file that SSL_CERT_FILE names)"
                )),
                _ => Trouble::passing(error.to_string()),
            },
            error @ (Error::ConnectionFailed | Error::BodyStalled) => {
                Trouble::passing(error.to_string())
            }
            error => Trouble::Refused(error.to_string()),
        }
    }
}

fn unknown_name() -> Trouble {
    Trouble::Refused("no computer of this name is known; is there a network?".into())
}

/// The system's certificates, among them those of a workplace; Mozilla's where the system has none.
fn roots() -> RootCerts {
    let found = rustls_native_certs::load_native_certs().certs;
    if found.is_empty() {
        return RootCerts::WebPki;
    }
    let owned = found.iter().map(|der| Certificate::from_der(der).to_owned());
    RootCerts::Specific(Arc::new(owned.collect()))
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn redirected(from: &Url, location: &str) -> Result<Url, String> {
    let to = from
        .join(location)
        .map_err(|error| format!("it redirects to `{location}`, which is no address: {error}"))?;
    match (from.scheme(), to.scheme()) {
        ("https", "http") => {
            Err(format!("it redirects from https to http ({to}), which is not followed"))
        }
        (_, "http" | "https") => Ok(to),
        (_, other) => Err(format!("it redirects to {other} ({to}), which is not followed")),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn redirects_never_lose_their_protection() {
        let follow = |from: &str, to: &str| redirected(&Url::parse(from).unwrap(), to);
        assert_eq!(follow("https://a.org/x/y", "../z").unwrap().as_str(), "https://a.org/z");
        assert!(follow("http://a.org/", "https://b.org/").is_ok());
        assert!(follow("http://a.org/", "http://b.org/").is_ok());
        assert!(follow("https://a.org/", "http://a.org/").unwrap_err().contains("https to http"));
        for other in ["file:///etc/passwd", "ftp://a.org/", "data:,x"] {
            assert!(follow("http://a.org/", other).unwrap_err().contains("not followed"));
        }
        assert!(follow("http://a.org/", "http://[").is_err());
    }
}

//! Pictures on servers: fetched only when asked for, because a page should not need a network, and because
//! fetching tells a server who reads the notebook.

use std::path::PathBuf;
use std::time::Duration;

use crate::process;

use super::context::shortened;
use super::findings::Kind;
use super::pictures::Trouble;

const LIMIT: Duration = Duration::from_secs(60);
/// Python's own client, because the set-up has it already: its certificates, its proxies.
const SCRIPT: &str = r#"
import sys, urllib.request
request = urllib.request.Request(sys.argv[1], headers={"User-Agent": "latentlab"})
with urllib.request.urlopen(request, timeout=20) as answer:
    content = answer.read(64 * 1024 * 1024 + 1)
if len(content) > 64 * 1024 * 1024:
    sys.exit("it has more than 64 MB")
open(sys.argv[2], "wb").write(content)
"#;

/// How pictures on servers are treated.
#[derive(Default)]
pub struct Remote {
    /// The interpreter that fetches; none where nothing may be fetched.
    pub interpreter: Option<PathBuf>,
}

impl Remote {
    pub fn fetch(&self, address: &str) -> Result<Vec<u8>, Trouble> {
        let trouble = |message: String| Trouble { kind: Kind::RemoteImage, message };
        let name = shortened(address);
        let Some(interpreter) = &self.interpreter else {
            return Err(trouble(format!(
                "{name} lies on a server; it is fetched with --fetch-images"
            )));
        };
        let failed = |why: String| trouble(format!("{name} cannot be fetched: {why}"));
        let target = tempfile::NamedTempFile::new().map_err(|error| failed(error.to_string()))?;
        let mut command = std::process::Command::new(interpreter);
        command.args(["-I", "-c", SCRIPT, address]).arg(target.path());
        let finished =
            process::run(&mut command, LIMIT).map_err(|trouble| failed(trouble.to_string()))?;
        if !finished.status.success() {
            return Err(failed(finished.stderr.lines().last().unwrap_or_default().to_owned()));
        }
        std::fs::read(target.path()).map_err(|error| failed(error.to_string()))
    }
}

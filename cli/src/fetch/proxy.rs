//! Which proxy an address is reached through, by the variables that other programs read.

use ureq::Proxy;
use url::Url;

/// The proxy for an address, or none; an error names a variable that cannot be read.
pub fn of(address: &Url) -> Result<Option<Proxy>, String> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let Some((name, proxy)) = chosen(address, variable) else { return Ok(None) };
    match Proxy::new(&proxy) {
        Ok(proxy) => Ok(Some(proxy)),
        Err(_) => Err(format!("the variable {name} names no proxy that can be used")),
    }
}

fn chosen(
    address: &Url,
    variable: impl Fn(&str) -> Option<String>,
) -> Option<(&'static str, String)> {
    let host = address.host_str()?;
    if let Some(list) = variable("NO_PROXY").or_else(|| variable("no_proxy"))
        && list.split(',').any(|entry| is_meant(entry.trim(), host))
    {
        return None;
    }
    // In capitals HTTP_PROXY could come from a web server's request, but there is none around this program.
    let names = match address.scheme() {
        "https" => ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
        _ => ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"],
    };
    names.into_iter().find_map(|name| Some((name, variable(name)?)))
}

/// Whether an entry of NO_PROXY means a host: the same name, a domain that it lies in, or everything.
fn is_meant(entry: &str, host: &str) -> bool {
    let domain = entry.trim_start_matches("*.").trim_start_matches('.').to_ascii_lowercase();
    let host = host.to_ascii_lowercase();
    match domain.as_str() {
        "" => false,
        "*" => true,
        domain => {
            host == domain || host.strip_suffix(domain).is_some_and(|left| left.ends_with('.'))
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn proxy(address: &str, variables: &[(&str, &str)]) -> Option<String> {
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        chosen(&Url::parse(address).unwrap(), variable).map(|(_, proxy)| proxy)
    }

    #[test]
    fn the_scheme_chooses_the_variable() {
        let variables = [("HTTPS_PROXY", "a"), ("http_proxy", "b"), ("ALL_PROXY", "c")];
        assert_eq!(proxy("https://x.org/", &variables).as_deref(), Some("a"));
        assert_eq!(proxy("http://x.org/", &variables).as_deref(), Some("b"));
        assert_eq!(proxy("http://x.org/", &variables[2..]).as_deref(), Some("c"));
        assert_eq!(proxy("http://x.org/", &variables[..1]), None);
    }

    #[test]
    fn no_proxy_leaves_hosts_and_domains_out() {
        let with = |list| proxy("https://data.x.org/", &[("HTTPS_PROXY", "a"), ("NO_PROXY", list)]);
        for list in ["*", "x.org", ".x.org", "*.x.org", "y.org, DATA.X.ORG"] {
            assert_eq!(with(list), None, "{list}");
        }
        for list in ["", "org.x", "ata.x.org", "y.org"] {
            assert_eq!(with(list).as_deref(), Some("a"), "{list}");
        }
    }
}

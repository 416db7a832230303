//! Why nobody gave a token, and how to sign in again.

use crate::domain::problem::{Problem, SIGN_IN, Trouble};

/// Words of a source, what they mean, and what helps; `None` is to sign in again. The first that is found counts.
const HINTS: [(&str, &str, Option<&str>); 16] = [
    (
        "not found on PATH",
        "The command line tool is not installed here.",
        Some("Install it and sign in (az login), or choose another source with --auth."),
    ),
    (
        "AADSTS7000215",
        "The client secret is wrong.",
        Some("Set AZURE_CLIENT_SECRET to the secret's value, not its id."),
    ),
    ("AADSTS7000222", "The client secret has expired.", Some("Make a new secret for the application.")),
    (
        "AADSTS700016",
        "The tenant does not know the application.",
        Some("Check AZURE_CLIENT_ID and AZURE_TENANT_ID."),
    ),
    ("AADSTS90002", "There is no such tenant.", Some("Check --tenant and AZURE_TENANT_ID.")),
    ("AADSTS50076", "A second factor is asked for.", None),
    ("AADSTS50078", "The second factor has expired.", None),
    ("AADSTS50079", "A second factor is asked for, and none is set up yet.", None),
    ("AADSTS700082", "The sign-in has expired: it was not used for too long.", None),
    ("AADSTS50173", "The password was changed, or the sign-in revoked.", None),
    ("AADSTS", "The sign-in has ended or is not enough.", None),
    ("claims-challenge", "Azure wants more proof than this sign-in gave (claims challenge).", None),
    ("claims challenge", "Azure wants more proof than this sign-in gave (claims challenge).", None),
    ("InteractionRequired", "Azure wants more proof than this sign-in gave.", None),
    ("azd auth login", "Nobody is signed in.", None),
    (
        "was stopped",
        "The command line tool hung.",
        Some("Run it by hand to see why: az account get-access-token"),
    ),
];

/// What the Azure CLI may be told when somebody signs in. Anything else that a message asks for is not repeated.
const FLAGS: [&str; 3] = ["--tenant", "--scope", "--claims-challenge"];
/// The longest value of those that is repeated; a claims challenge is long.
const LONGEST: usize = 2_000;

/// The line that signs in again: with the tenant, the scope and the challenge that the message names.
fn command(message: &str) -> String {
    if message.contains("azd auth login") && !message.contains("az login") {
        return match tenant(message) {
            Some(tenant) => format!("azd auth login --tenant-id {tenant}"),
            None => "azd auth login".to_owned(),
        };
    }
    let mut line = "az login".to_owned();
    for (flag, value) in FLAGS.iter().filter_map(|flag| Some((flag, value_of(message, flag)?))) {
        line.push_str(&format!(" {flag} {value}"));
    }
    match tenant(message) {
        Some(tenant) if !line.contains("--tenant") => {
            line.replacen("az login", &format!("az login --tenant {tenant}"), 1)
        }
        _ => line,
    }
}

/// The value behind a flag of `az login` in a message, when it is one that no shell reads anything into.
fn value_of(message: &str, flag: &str) -> Option<String> {
    let (_, rest) = message.split_once("az login")?;
    let (_, rest) = rest.split_once(&format!("{flag} "))?;
    // The whole line may stand between backticks, and then one ends it; what begins with one is a command in it.
    let value = rest.split_whitespace().next()?.trim_end_matches(['"', '\'', '.', ',', '`']);
    let value = value.trim_start_matches(['"', '\'']);
    let is_tame = |c: char| c.is_ascii_alphanumeric() || "-_./:=+".contains(c);
    let fits = !value.is_empty() && value.len() <= LONGEST && !value.starts_with('-');
    (fits && value.chars().all(is_tame)).then(|| value.to_owned())
}

/// The tenant that a message names: the GUID behind the word.
fn tenant(message: &str) -> Option<&str> {
    let places = message.match_indices("enant").map(|(at, _)| at);
    places.filter_map(|at| message.get(at..)?.get(..80).or(message.get(at..))).find_map(|near| {
        let mut words = near.split(|c: char| !(c.is_ascii_hexdigit() || c == '-'));
        words.find(|word| word.len() == 36 && word.matches('-').count() == 4)
    })
}

/// How sources say that nobody answered them: ours, and those of the command line tools.
const NETWORK: [&str; 6] = [
    "Connection refused",
    "error sending request",
    "dns error",
    "name resolution",
    "Failed to establish a new connection",
    "Max retries exceeded",
];

/// What a person reads when nobody was there to give a token.
pub(super) fn unreached(host: &str, proxy: Option<&str>, cause: &str) -> Problem {
    let through = proxy.map(|proxy| format!(" through the proxy {proxy}")).unwrap_or_default();
    let check = match proxy {
        Some(_) => "Check the proxy (HTTPS_PROXY, NO_PROXY) and the network, then try again.",
        None => {
            "Check the network, the name resolution and whether a proxy is needed (HTTPS_PROXY), then try again."
        }
    };
    Problem::new(format!("The sign-in service {host} could not be reached{through}"))
        .meaning(format!("No token came: {cause}. Whether anybody is signed in is not known."))
        .next(super::unbelieved(cause).unwrap_or(check))
}

/// What a person reads when no source gave a token.
pub(super) fn problem(via: &str, message: &str) -> Problem {
    let is_login = message.contains("az login");
    let hint = HINTS
        .iter()
        .find(|(words, ..)| message.contains(words) && !(is_login && *words == "not found on PATH"));
    let is_cut_off = hint.is_none() && !is_login && NETWORK.iter().any(|words| message.contains(words));
    let again = || format!("{SIGN_IN}{}", command(message));
    let (meaning, next) = match hint {
        Some((_, meaning, Some(next))) => (*meaning, (*next).to_owned()),
        Some((_, meaning, None)) => (*meaning, again()),
        None if is_cut_off => (
            "Who gives the tokens cannot be reached from here.",
            "Check the network, the name resolution and the proxy (HTTPS_PROXY), then try again.".to_owned(),
        ),
        None => ("Nobody is signed in.", format!("{}, or choose another source with --auth.", again())),
    };
    let mut problem =
        Problem::new(format!("Not signed in to Azure: {via} gave no token")).meaning(meaning).next(next);
    problem.server_message = Some(message.to_owned());
    problem.kind = if is_cut_off { Trouble::Unreachable } else { Trouble::SignedOut };
    problem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_that_is_down_is_no_missing_sign_in() {
        let offline = "HTTPSConnectionPool(host='login.microsoftonline.com', port=443): Max retries exceeded";
        for message in [offline, "Connection refused (os error 111)"] {
            assert_eq!(problem("Azure CLI", message).kind, Trouble::Unreachable, "{message}");
        }
        let one_of_two = "managed identity: error sending request\nAzure CLI: Please run 'az login'";
        for message in [one_of_two, "AADSTS50078: error sending request", "anything else"] {
            assert_eq!(problem("every source", message).kind, Trouble::SignedOut, "{message}");
        }
    }

    const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

    /// E2: the codes by which a sign-in is lost, in the words of the Azure CLI.
    #[test]
    fn a_lost_sign_in_says_the_exact_line_that_brings_it_back() {
        let scope = "https://management.core.windows.net//.default";
        let suggested = format!(
            "ERROR: AADSTS50078: Presented multi-factor authentication has expired due to policies.\nInteractive \
             authentication is needed. Please run:\naz login --tenant \"{TENANT}\" --scope \"{scope}\""
        );
        let idle = format!(
            "ERROR: AADSTS700082: The refresh token has expired due to inactivity. The token was issued in tenant \
             '{TENANT}' and was inactive for 90.00:00:00."
        );
        let challenge = "Please explicitly log in with:\naz login --claims-challenge eyJhY2Nlc3M9=";
        let table = [
            (suggested.as_str(), format!("az login --tenant {TENANT} --scope {scope}")),
            (idle.as_str(), format!("az login --tenant {TENANT}")),
            ("AADSTS50079: you must enroll in multi-factor authentication", "az login".to_owned()),
            (challenge, "az login --claims-challenge eyJhY2Nlc3M9=".to_owned()),
            ("please run `azd auth login`", "azd auth login".to_owned()),
        ];
        for (message, line) in table {
            let problem = problem("Azure CLI", message);
            assert_eq!(problem.kind, Trouble::SignedOut, "{message}");
            assert_eq!(problem.next, Some(format!("Sign in with: {line}")), "{message}");
            assert_eq!(problem.sign_in(), Some(line.as_str()));
        }
    }

    /// What stands on the screen to be copied into a shell must be a line of ours.
    #[test]
    fn a_message_puts_nothing_into_the_line_that_a_shell_would_read() {
        for message in [
            "az login --tenant $(id)",
            "az login --tenant a;b",
            "az login --tenant \"a|b\" --scope `id`",
            "az login --tenant --scope",
            "az login && rm -r /",
            "az login --password secret",
        ] {
            assert_eq!(command(message), "az login", "{message}");
        }
    }
}

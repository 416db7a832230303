//! Why nobody gave a token, and how to sign in again.

use crate::domain::problem::{Problem, Trouble};

/// Words of a source and what helps. The first that is found counts.
const HINTS: [(&str, &str, &str); 10] = [
    (
        "not found on PATH",
        "The command line tool is not installed here.",
        "Install it and sign in (az login), or choose another source with --auth.",
    ),
    (
        "AADSTS7000215",
        "The client secret is wrong.",
        "Set AZURE_CLIENT_SECRET to the secret's value, not its id.",
    ),
    ("AADSTS7000222", "The client secret has expired.", "Make a new secret for the application."),
    (
        "AADSTS700016",
        "The tenant does not know the application.",
        "Check AZURE_CLIENT_ID and AZURE_TENANT_ID.",
    ),
    ("AADSTS90002", "There is no such tenant.", "Check --tenant and AZURE_TENANT_ID."),
    ("AADSTS50076", "A second factor is asked for.", "Sign in with: az login"),
    ("AADSTS50079", "A second factor is asked for.", "Sign in with: az login"),
    ("AADSTS", "The sign-in has ended or is not enough.", "Sign in with: az login"),
    ("azd auth login", "Nobody is signed in.", "Sign in with: azd auth login"),
    ("was stopped", "The command line tool hung.", "Run it by hand to see why: az account get-access-token"),
];

/// How sources say that nobody answered them: ours, and those of the command line tools.
const NETWORK: [&str; 6] = [
    "Connection refused",
    "error sending request",
    "dns error",
    "name resolution",
    "Failed to establish a new connection",
    "Max retries exceeded",
];

/// What a person reads when no source gave a token.
pub(super) fn problem(via: &str, message: &str) -> Problem {
    let is_login = message.contains("az login");
    let hint = HINTS
        .iter()
        .find(|(words, ..)| message.contains(words) && !(is_login && *words == "not found on PATH"));
    let is_cut_off = hint.is_none() && !is_login && NETWORK.iter().any(|words| message.contains(words));
    let (meaning, next) = match hint {
        Some((_, meaning, next)) => (*meaning, *next),
        None if is_cut_off => (
            "Who gives the tokens cannot be reached from here.",
            "Check the network, the name resolution and the proxy (HTTPS_PROXY), then try again.",
        ),
        None => ("Nobody is signed in.", "Sign in with: az login, or choose another source with --auth."),
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
}

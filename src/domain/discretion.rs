//! What looks like a secret, taken out of words that others wrote.
//!
//! Azure's words are shown and kept word for word, and now and then they quote what was sent: a key, a token, a signed
//! address. What this program sent itself is known to the letter and taken out in `azure`; here is what remains, after a
//! restart for instance: the shapes that secrets of Azure have, and the names that they go by.

use std::borrow::Cow;

/// What stands where a secret stood.
pub const TAKEN_OUT: &str = "(taken out)";

/// Names of what nobody but the two sides may know, without their dashes, in lower case.
const NAMES: [&str; 13] = [
    "sig",
    "signature",
    "accountkey",
    "accesskey",
    "sharedaccesskey",
    "sharedaccesssignature",
    "clientsecret",
    "clientassertion",
    "password",
    "accesstoken",
    "refreshtoken",
    "idtoken",
    "bearer",
];

/// The parameters that carry the right in the address of an operation of Resource Manager; beside them stands `t`, a
/// time.
const RIGHTS: [&str; 3] = ["c", "s", "h"];
/// Their values are longer than any word.
const LONG: usize = 32;
/// An account key is 64 bytes: in base64, so many characters before its `==`.
const KEY: usize = 86;
/// The shortest token there could be.
const TOKEN: usize = 40;

/// The text without what looks like a secret.
pub fn discreet(text: &str) -> Cow<'_, str> {
    let mut kept = String::with_capacity(text.len());
    let mut before = Before::default();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c| is_within(c) != is_within(first)).unwrap_or(rest.len());
        let (part, tail) = rest.split_at(end);
        if is_within(first) {
            kept.push_str(&before.judge(part));
        } else {
            before.gap = part;
            kept.push_str(part);
        }
        rest = tail;
    }
    if kept == text { Cow::Borrowed(text) } else { Cow::Owned(kept) }
}

/// The characters of names, numbers, base64 and percent-encoding.
fn is_within(c: char) -> bool {
    c.is_ascii_alphanumeric() || "+/=_-.%~".contains(c)
}

/// What stands before a part: a name may be told from its value by quotes, a colon, or after `Bearer` a blank.
#[derive(Default)]
struct Before<'a> {
    word: &'a str,
    gap: &'a str,
}

impl<'a> Before<'a> {
    fn judge(&mut self, part: &'a str) -> String {
        let of_name = self.names(part);
        self.word = part;
        if of_name {
            return TAKEN_OUT.to_owned();
        }
        if let Some((name, value)) = part.split_once('=')
            && !value.trim_matches('=').is_empty()
        {
            let name_only = name.rsplit(['/', '.', '%']).next().unwrap_or_default();
            let right = RIGHTS.contains(&name_only) && value.len() >= LONG;
            if right || is_name(name_only) {
                return format!("{name}={TAKEN_OUT}");
            }
        }
        let plain = unescaped(part);
        match token_in(&plain).or_else(|| key_in(&plain)) {
            Some(at) => format!("{}{TAKEN_OUT}", plain.get(..at).unwrap_or_default()),
            None => part.to_owned(),
        }
    }

    /// Whether the word before is the name of this part. A plain word in a sentence is no secret: `password: missing`.
    fn names(&self, part: &str) -> bool {
        let gap = self.gap.trim();
        let told = gap.contains([':', '=']) || self.word.ends_with('=');
        let bearer = self.word.eq_ignore_ascii_case("bearer") && gap.is_empty();
        let worded = part.len() < 16 && part.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'.');
        (told || bearer) && is_name(self.word.trim_end_matches('=')) && !worded
    }
}

fn is_name(word: &str) -> bool {
    let plain: String = word.chars().filter(|c| !matches!(c, '-' | '_')).collect();
    NAMES.iter().any(|name| plain.eq_ignore_ascii_case(name))
}

/// Where a JSON web token begins: its head is the base64 of `{"`. In base64 once more, that is `ZXlK`.
fn token_in(part: &str) -> Option<usize> {
    let is_long = |at: &usize| part.len() - at >= TOKEN;
    let bare = part.find("eyJ").filter(|at| part.get(*at..).is_some_and(|token| token.contains('.')));
    bare.filter(is_long).or_else(|| part.find("ZXlK").filter(is_long))
}

/// Where a key begins, or something in which one was wrapped.
fn key_in(part: &str) -> Option<usize> {
    let end = part.find("==")?;
    let body = part.get(..end)?;
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || "+/-_".contains(c);
    let start = body.rfind(|c| !is_base64(c)).map_or(0, |at| at + 1);
    (end - start >= KEY).then_some(start)
}

/// The part without percent-encoding, as far as it stands for what can be printed.
fn unescaped(part: &str) -> String {
    let mut pieces = part.split('%');
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let code = piece.get(..2).and_then(|code| u8::from_str_radix(code, 16).ok());
        match code.filter(u8::is_ascii_graphic) {
            Some(byte) => {
                plain.push(char::from(byte));
                plain.push_str(piece.get(2..).unwrap_or_default());
            }
            None => {
                plain.push('%');
                plain.push_str(piece);
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_secret_is_taken_out() {
        let key = format!("{}+/ab==", "A1b2C3d4".repeat(10) + "xy");
        assert_eq!(key.len(), 88);
        let escaped = key.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        let token = format!("eyJhbGciOiJSUzI1NiJ9.{}.c2ln", "eyJ0aWQiOiJ0In0");
        for secret in [&key, &escaped, &token] {
            for (before, after) in
                [("", ""), ("The value '", "' is wrong."), ("key=", "&x=1"), ("\"k\":\"", "\"}")]
            {
                let text = format!("{before}{secret}{after}");
                let shown = discreet(&text);
                assert!(!shown.contains(secret.as_str()) && shown.contains(TAKEN_OUT), "{text}: {shown}");
                assert!(shown.starts_with(before) && shown.ends_with(after), "{text}: {shown}");
            }
        }
    }

    #[test]
    fn what_has_the_name_of_a_secret_is_taken_out() {
        let long = "x1".repeat(20);
        let table = [
            ("https://st/c/b?sv=1&sig=ab%2Bc&se=2", "https://st/c/b?sv=1&sig=(taken out)&se=2"),
            ("AccountName=a;AccountKey=abc1;x", "AccountName=a;AccountKey=(taken out);x"),
            ("{\"accessKey\":\"k3y\",\"a\":1}", "{\"accessKey\":\"(taken out)\",\"a\":1}"),
            ("client_secret: s3cret", "client_secret: (taken out)"),
            ("Authorization: Bearer abc.def1", "Authorization: Bearer (taken out)"),
        ];
        for (text, shown) in table {
            assert_eq!(discreet(text), shown);
        }
        let address = format!("https://m/r?t=638&c={long}&s={long}&h={long}");
        assert_eq!(discreet(&address), "https://m/r?t=638&c=(taken out)&s=(taken out)&h=(taken out)");
    }

    #[test]
    fn everything_else_is_kept_word_for_word() {
        for text in [
            "Cannot restore: current SKU is 'Basic', backup SKU is 'Premium'",
            "The client 'a@b.c' with object id '72f988bf-86f1-41af-91ab-2d7cd011db47' is not authorized.",
            "/subscriptions/6f1c/resourceGroups/rg/providers/Microsoft.ApiManagement/service/apim-core-prod",
            "apim-core-prod-2026-11-22-10-54.apimbackup",
            "AADSTS7000215: Invalid client secret provided. client_secret: missing",
            "The password is wrong; bearer of bad news",
            "https://management.azure.com/operationresults/b25l==?api-version=2024-05-01&s=x&c=short",
            "ünïcode 名前 \u{202e} == =",
            "",
        ] {
            assert_eq!(discreet(text), text);
        }
    }
}

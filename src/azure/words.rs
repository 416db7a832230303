//! Azure's own words out of an error, in whichever of its forms they come: ARM's envelope, the flat one of the
//! activity log and of old providers, the one of the sign-in service, the XML of storage.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

use super::error::Words;

/// Reads the words of an error body; empty when it has none that we know.
pub(crate) fn read(body: &[u8]) -> Words {
    match serde_json::from_slice::<Value>(strip_bom(body)) {
        Ok(json) => of_json(&json),
        Err(_) => of_xml(strip_bom(body)).unwrap_or_default(),
    }
}

/// The words of ARM's error envelope `{"error":{"code":…}}`, and of nothing else.
pub(crate) fn of_envelope(json: &Value) -> Option<Words> {
    let error = json.get("error").filter(|error| error.is_object())?;
    let words = of_object(error);
    words.code.is_some().then_some(words)
}

/// Takes off the byte order mark that Azure Storage writes before its XML.
pub(crate) fn strip_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body)
}

fn of_json(json: &Value) -> Words {
    match json.get("error") {
        Some(Value::String(code)) => {
            Words { code: text(code), message: json.get("error_description").and_then(string) }
        }
        Some(error) if error.is_object() => of_object(error),
        _ => of_object(json),
    }
}

fn of_object(error: &Value) -> Words {
    let either = |lower: &str, upper: &str| error.get(lower).or_else(|| error.get(upper)).and_then(string);
    let mut lines: Vec<String> = either("message", "Message").into_iter().collect();
    for detail in error.get("details").and_then(Value::as_array).into_iter().flatten() {
        let line = match (detail.get("code").and_then(string), detail.get("message").and_then(string)) {
            (Some(code), Some(message)) if code != message => format!("{code}: {message}"),
            (Some(only), _) | (None, Some(only)) => only,
            (None, None) => continue,
        };
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    Words { code: either("code", "Code"), message: text(&lines.join("\n")) }
}

fn string(value: &Value) -> Option<String> {
    value.as_str().and_then(text)
}

fn text(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_owned())
}

/// `<Error><Code>…</Code><Message>…</Message></Error>`.
fn of_xml(body: &[u8]) -> Option<Words> {
    let body = std::str::from_utf8(body).ok()?;
    let mut reader = Reader::from_str(body);
    let (mut code, mut message) = (String::new(), String::new());
    let (mut depth, mut open) = (0_u32, String::new());
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) => {
                depth += 1;
                if depth == 1 && tag.local_name().as_ref() != "Error" {
                    return None;
                }
                tag.local_name().as_ref().clone_into(&mut open);
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                open.clear();
            }
            Event::DocType(_) => return None,
            Event::Eof => break,
            event if depth == 2 => {
                let into = match open.as_str() {
                    "Code" => &mut code,
                    "Message" => &mut message,
                    _ => continue,
                };
                append(into, &event)?;
            }
            _ => {}
        }
    }
    Some(Words { code: text(&code), message: text(&message) })
}

/// Adds what an event says to a text. `None` for what cannot be read, such as an entity that XML does not know.
pub(crate) fn append(text: &mut String, event: &Event<'_>) -> Option<()> {
    match event {
        Event::Text(piece) => text.push_str(piece),
        Event::CData(piece) => text.push_str(piece),
        Event::GeneralRef(name) => match name.resolve_char_ref().ok()? {
            Some(character) => text.push(character),
            None => text.push_str(quick_xml::escape::resolve_predefined_entity(name)?),
        },
        _ => {}
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(body: &str) -> (String, String) {
        let words = read(body.as_bytes());
        (words.code.unwrap_or_default(), words.message.unwrap_or_default())
    }

    #[test]
    fn every_form_of_an_error_is_read_word_for_word() {
        let table = [
            (
                r#"{"error":{"code":"ServiceLocked","message":"The API Service x is transitioning.","details":null,"innerError":null}}"#,
                "ServiceLocked",
                "The API Service x is transitioning.",
            ),
            (
                r#"{"code":"BadRequest","message":"The start time cannot be more than 90 days in the past."}"#,
                "BadRequest",
                "The start time cannot be more than 90 days in the past.",
            ),
            (r#"{"Code":"A","Message":"B"}"#, "A", "B"),
            (
                r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret."}"#,
                "invalid_client",
                "AADSTS7000215: Invalid client secret.",
            ),
            (
                r#"{"error":{"code":"BadRequest","message":"Top","details":[{"code":"InvalidQuery","message":"Below"},{"code":"X","message":"X"}]}}"#,
                "BadRequest",
                "Top\nInvalidQuery: Below\nX",
            ),
            (
                "\u{feff}<?xml version=\"1.0\"?><Error><Code>AuthorizationFailure</Code><Message>Not &lt;you&gt;&#33;\nRequestId:1</Message><AuthenticationErrorDetail>x</AuthenticationErrorDetail></Error>",
                "AuthorizationFailure",
                "Not <you>!\nRequestId:1",
            ),
            ("<html><body>Sign in</body></html>", "", ""),
            ("<!DOCTYPE Error [<!ENTITY a \"b\">]><Error><Code>&a;</Code></Error>", "", ""),
            (r#"{"error":{"code":"Cut","mess"#, "", ""),
            ("[]", "", ""),
            ("", "", ""),
        ];
        for (body, code, message) in table {
            assert_eq!(words(body), (code.to_owned(), message.to_owned()), "{body}");
        }
    }

    #[test]
    fn an_envelope_is_an_object_with_a_code() {
        let is_envelope = |text: &str| of_envelope(&serde_json::from_str(text).unwrap()).is_some();
        assert!(is_envelope(r#"{"error":{"code":"RestoreFailed"}}"#));
        for other in
            [r#"{"error":"x"}"#, r#"{"error":{}}"#, r#"{"code":"x"}"#, r#"{"error":{"code":""}}"#, "[]"]
        {
            assert!(!is_envelope(other), "{other}");
        }
    }
}

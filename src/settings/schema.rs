//! The JSON schema of the configuration, for editors. It is kept by hand beside the sample, and a test holds the two
//! together: what the sample has, the schema has, and nothing else.

/// The schema.
pub const SCHEMA: &str = include_str!("../../assets/config.schema.json");

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::settings::SAMPLE;

    /// The sample with every key that it shows, those commented out too.
    fn whole_sample() -> toml::Value {
        let is_key = |line: &str| {
            let word: String = line.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            line.starts_with('[') || (!word.is_empty() && line[word.len()..].starts_with(" = "))
        };
        let shown = SAMPLE.lines().map(|line| match line.strip_prefix("# ") {
            Some(bare) if is_key(bare) => bare,
            _ => line,
        });
        toml::from_str(&shown.collect::<Vec<_>>().join("\n")).unwrap()
    }

    /// The paths of every key, with `*` for what people name themselves.
    fn keys_of(value: &toml::Value, schema: &Value, path: &str, found: &mut BTreeSet<String>) {
        match value {
            toml::Value::Table(table) => {
                for (key, below) in table {
                    let (name, of) = match schema["properties"].get(key) {
                        Some(of) => (key.as_str(), of),
                        None => ("*", &schema["additionalProperties"]),
                    };
                    assert!(of.is_object(), "the schema does not know {path}.{key}");
                    let path = format!("{path}.{name}");
                    keys_of(below, of, &path, found);
                    found.insert(path);
                }
            }
            toml::Value::Array(all) => all.iter().for_each(|one| keys_of(one, &schema["items"], path, found)),
            toml::Value::String(word) => {
                let words = schema["enum"].as_array();
                assert!(
                    words.is_none_or(|words| words.contains(&Value::from(word.as_str()))),
                    "{path}: {word}"
                );
                assert_eq!(schema["type"], "string", "{path}");
            }
            toml::Value::Boolean(_) => assert_eq!(schema["type"], "boolean", "{path}"),
            other => panic!("{path}: {other}"),
        }
    }

    fn keys_of_schema(schema: &Value, path: &str, found: &mut BTreeSet<String>) {
        for (key, below) in schema["properties"].as_object().into_iter().flatten() {
            let path = format!("{path}.{key}");
            keys_of_schema(below, &path, found);
            found.insert(path);
        }
        if schema["additionalProperties"].is_object() {
            let path = format!("{path}.*");
            keys_of_schema(&schema["additionalProperties"], &path, found);
            found.insert(path);
        }
        if schema["items"].is_object() {
            keys_of_schema(&schema["items"], path, found);
        }
    }

    #[test]
    fn c2_the_schema_and_the_sample_have_the_same_keys() {
        let schema: Value = serde_json::from_str(SCHEMA).unwrap();
        let (mut shown, mut known) = (BTreeSet::new(), BTreeSet::new());
        keys_of(&whole_sample(), &schema, "", &mut shown);
        keys_of_schema(&schema, "", &mut known);
        assert_eq!(shown, known);
        assert!(shown.len() > 40, "{}", shown.len());
    }
}

//! As much of Kusto as an inventory needs: `where`, `extend`, `project`, `order by`, `take`, `count`, `join`.
//!
//! What is not understood is refused, never ignored: a query that silently loses its condition would answer a
//! question nobody asked.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

/// One record.
pub(super) type Row = Map<String, Value>;

/// The tables that can be asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Table {
    Resources,
    Containers,
    Changes,
}

/// Where a table's rows come from. It is asked once for each table that a query names.
pub(super) type Source<'a> = dyn Fn(Table) -> Vec<Row> + 'a;

/// Answers a query. The error says what was not understood.
pub(super) fn answer(query: &str, source: &Source<'_>) -> Result<Vec<Row>, String> {
    let stages = split(query, '|');
    let mut stages = stages.iter().map(|stage| stage.trim()).filter(|stage| !stage.is_empty()).peekable();
    let first = stages.peek().copied().unwrap_or_default();
    let named = match first.to_ascii_lowercase().as_str() {
        "resources" => Some(source(Table::Resources)),
        "resourcecontainers" => Some(source(Table::Containers)),
        "resourcechanges" => Some(source(Table::Changes)),
        _ => None,
    };
    let rows = match named {
        Some(rows) => {
            stages.next();
            rows
        }
        None => source(Table::Resources),
    };
    let mut rows = sorted(rows, "id", compare);
    for stage in stages {
        rows = apply(stage, rows, source)?;
    }
    Ok(rows)
}

fn apply(stage: &str, rows: Vec<Row>, source: &Source<'_>) -> Result<Vec<Row>, String> {
    let (verb, rest) = stage.split_once(char::is_whitespace).unwrap_or((stage, ""));
    let rest = rest.trim();
    match verb.to_ascii_lowercase().as_str() {
        "where" => filter(rest, rows),
        "extend" => assign(rest, rows, Keep::Everything),
        "project" => assign(rest, rows, Keep::Nothing),
        "order" | "sort" => order(rest, rows),
        "take" | "limit" => {
            let count: usize = rest.parse().map_err(|_| not_understood(stage))?;
            Ok(rows.into_iter().take(count).collect())
        }
        "count" => Ok(json!({ "Count": rows.len() }).as_object().cloned().into_iter().collect()),
        "join" => join(rest, rows, source),
        _ => Err(not_understood(stage)),
    }
}

fn filter(condition: &str, mut rows: Vec<Row>) -> Result<Vec<Row>, String> {
    // Which of the two binds closer need not be known where only one of them is there.
    if condition.contains(" and ") && condition.contains(" or ") {
        return Err(not_understood(condition));
    }
    for term in condition.split(" and ") {
        let tests: Result<Vec<Test>, String> = term.split(" or ").map(|one| Test::read(one.trim())).collect();
        let tests = tests?;
        rows.retain(|row| tests.iter().any(|test| test.holds(row)));
    }
    Ok(rows)
}

/// `NAME OPERATOR 'text'`, `NAME in~ ('a', 'b')` or `isnotempty(NAME)`.
struct Test {
    subject: String,
    values: Vec<String>,
    ignores_case: bool,
    wants: bool,
}

impl Test {
    fn read(term: &str) -> Result<Test, String> {
        let emptiness = [("isnotempty(", false), ("isempty(", true)];
        for (function, wants) in emptiness {
            let Some(subject) = term.strip_prefix(function).and_then(|rest| rest.strip_suffix(')')) else {
                continue;
            };
            let subject = format!("tostring({subject})");
            return Ok(Test { subject, values: vec![String::new()], ignores_case: false, wants });
        }
        let operators = [
            (" in~ ", true, true),
            (" in ", false, true),
            ("=~", true, true),
            ("!~", true, false),
            ("==", false, true),
            ("!=", false, false),
        ];
        for (operator, ignores_case, wants) in operators {
            let Some((subject, values)) = term.split_once(operator) else { continue };
            let list = values.trim().trim_start_matches('(').trim_end_matches(')');
            let values: Option<Vec<String>> = list.split(',').map(literal).collect();
            let values = values.ok_or_else(|| not_understood(term))?;
            return Ok(Test { subject: subject.trim().to_owned(), values, ignores_case, wants });
        }
        Err(not_understood(term))
    }

    fn holds(&self, row: &Row) -> bool {
        let found = evaluate(&self.subject, row);
        let text = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
        let equals = |value: &String| {
            if self.ignores_case { value.eq_ignore_ascii_case(&text) } else { *value == text }
        };
        self.values.iter().any(equals) == self.wants
    }
}

/// Which columns survive an assignment.
#[derive(Clone, Copy, PartialEq)]
enum Keep {
    Everything,
    Nothing,
}

fn assign(list: &str, rows: Vec<Row>, keep: Keep) -> Result<Vec<Row>, String> {
    let parts = split(list, ',');
    let columns: Vec<(&str, &str)> = parts
        .iter()
        .map(|part| match part.split_once('=') {
            Some((name, expression)) => (name.trim(), expression.trim()),
            None => (part.trim(), part.trim()),
        })
        .collect();
    if columns.iter().any(|(name, _)| name.is_empty()) {
        return Err(not_understood(list));
    }
    let assigned = |row: Row| {
        let new = columns.iter().map(|(name, expression)| ((*name).to_owned(), evaluate(expression, &row)));
        let new: Row = new.collect();
        match keep {
            Keep::Nothing => new,
            Keep::Everything => row.into_iter().chain(new).collect(),
        }
    };
    Ok(rows.into_iter().map(assigned).collect())
}

/// A path such as `properties.sku.name`, a literal, or one of a few functions around them.
fn evaluate(expression: &str, row: &Row) -> Value {
    let expression = expression.trim();
    if let Some(text) = literal(expression) {
        return json!(text);
    }
    if let Some((function, inside)) = expression.strip_suffix(')').and_then(|text| text.split_once('(')) {
        let value = evaluate(inside, row);
        let text = match &value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        return match function.trim().to_ascii_lowercase().as_str() {
            "tolower" => json!(text.to_lowercase()),
            "toint" | "tolong" => text.parse::<i64>().map_or(Value::Null, |number| json!(number)),
            _ => json!(text),
        };
    }
    let mut steps = steps(expression).into_iter();
    let first = steps.next().and_then(|name| row.get(&name)).cloned().unwrap_or(Value::Null);
    steps.fold(first, |value, step| value.get(step).cloned().unwrap_or(Value::Null))
}

/// The names of a path such as `changes['sku.name'].newValue`: what stands in brackets is one name, dots and all.
fn steps(path: &str) -> Vec<String> {
    let mut found = Vec::new();
    for piece in path.replace("['", "\u{0}[").replace("']", "\u{0}").split('\u{0}') {
        match piece.strip_prefix('[') {
            Some(name) => found.push(name.to_owned()),
            None => found.extend(piece.split('.').filter(|name| !name.is_empty()).map(str::to_owned)),
        }
    }
    found
}

fn order(list: &str, mut rows: Vec<Row>) -> Result<Vec<Row>, String> {
    let list = list.strip_prefix("by ").ok_or_else(|| not_understood(list))?;
    for part in split(list, ',').iter().rev() {
        let (expression, direction) = part.trim().split_once(' ').unwrap_or((part.trim(), "desc"));
        // Kusto sorts downwards unless told otherwise.
        let is_ascending = direction.trim().to_ascii_lowercase().starts_with("asc");
        rows = sorted(rows, expression, |a, b| if is_ascending { compare(a, b) } else { compare(b, a) });
    }
    Ok(rows)
}

/// Sorts by what an expression says of each row, which is asked once: there may be thousands.
fn sorted(rows: Vec<Row>, expression: &str, order: impl Fn(&Value, &Value) -> Ordering) -> Vec<Row> {
    let mut keyed: Vec<(Value, Row)> =
        rows.into_iter().map(|row| (evaluate(expression, &row), row)).collect();
    keyed.sort_by(|(a, _), (b, _)| order(a, b));
    keyed.into_iter().map(|(_, row)| row).collect()
}

fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::String(a), Value::String(b)) => {
            let lower = |byte: u8| byte.to_ascii_lowercase();
            a.bytes().map(lower).cmp(b.bytes().map(lower))
        }
        (Value::Number(a), Value::Number(b)) => {
            a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(Ordering::Equal)
        }
        _ => Ordering::Equal,
    }
}

/// `kind=leftouter (QUERY) on COLUMN`
fn join(rest: &str, rows: Vec<Row>, source: &Source<'_>) -> Result<Vec<Row>, String> {
    let open = rest.find('(').ok_or_else(|| not_understood(rest))?;
    let close = rest.rfind(')').ok_or_else(|| not_understood(rest))?;
    let (kind, query, on) = (&rest[..open], &rest[open + 1..close], rest[close + 1..].trim());
    let column = on.strip_prefix("on ").map(str::trim).ok_or_else(|| not_understood(rest))?;
    let is_outer = match kind.replace(' ', "").to_ascii_lowercase().as_str() {
        "kind=leftouter" => true,
        "kind=inner" | "" => false,
        _ => return Err(not_understood(rest)),
    };
    let others = answer(query, source)?;
    let joined = rows.into_iter().filter_map(|mut row| {
        let partner = others.iter().find(|other| other.get(column) == row.get(column));
        if partner.is_none() && !is_outer {
            return None;
        }
        for (name, value) in partner.into_iter().flatten() {
            row.entry(name.clone()).or_insert_with(|| value.clone());
        }
        Some(row)
    });
    Ok(joined.collect())
}

/// The text of a quoted literal.
fn literal(text: &str) -> Option<String> {
    let text = text.trim();
    ['\'', '"'].into_iter().find_map(|quote| {
        let inside = text.strip_prefix(quote)?.strip_suffix(quote)?;
        (!inside.contains(quote)).then(|| inside.to_owned())
    })
}

/// Splits at `separator`, but not inside quotes or parentheses.
fn split(text: &str, separator: char) -> Vec<String> {
    let (mut parts, mut part) = (Vec::new(), String::new());
    let (mut depth, mut quote) = (0_u32, None);
    for letter in text.chars() {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (None, '\'' | '"') => quote = Some(letter),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth = depth.saturating_sub(1),
            (None, _) if letter == separator && depth == 0 => {
                parts.push(std::mem::take(&mut part));
                continue;
            }
            _ => {}
        }
        part.push(letter);
    }
    parts.push(part);
    parts
}

fn not_understood(text: &str) -> String {
    format!("not understood: {text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables(table: Table) -> Vec<Row> {
        let row = |value: Value| value.as_object().cloned().unwrap();
        match table {
            Table::Resources => vec![
                row(json!({ "id": "/b", "name": "b", "type": "microsoft.apimanagement/service",
                    "subscriptionId": "s1", "properties": { "state": "Succeeded" } })),
                row(json!({ "id": "/a", "name": "a", "type": "microsoft.storage/storageaccounts",
                    "subscriptionId": "s2", "properties": {} })),
            ],
            Table::Containers => vec![row(json!({ "id": "/s1", "name": "Core", "subscriptionId": "s1",
                "type": "microsoft.resources/subscriptions" }))],
            Table::Changes => vec![
                row(json!({ "id": "/1", "properties": { "changeType": "Update",
                    "changes": { "sku.name": { "previousValue": "Basic" } } } })),
                row(json!({ "id": "/2", "properties": { "changeType": "Create", "changes": {} } })),
                row(json!({ "id": "/3", "properties": { "changeType": "Update",
                    "changes": { "tags.env": { "previousValue": "x" } } } })),
            ],
        }
    }

    #[test]
    fn changes_are_told_by_the_path_of_what_changed() {
        let query = "resourcechanges | extend ch = properties.changes, kind = tostring(properties.changeType)\n\
                     | extend old = tostring(ch['sku.name'].previousValue)\n\
                     | where kind != 'Update' or isnotempty(old) | project id, old | order by id asc";
        let rows = answer(query, &tables).unwrap();
        assert_eq!(json!(rows), json!([{ "id": "/1", "old": "Basic" }, { "id": "/2", "old": "" }]));
        let both = "resourcechanges | where id == '/1' or id == '/2' and kind == 'x'";
        assert!(answer(both, &tables).is_err(), "which binds closer is not tried");
    }

    #[test]
    fn an_inventory_query_projects_what_it_asks_for() {
        let query = "resources\n| where type =~ 'Microsoft.ApiManagement/service'\n| extend p = properties\n\
                     | project id, state = tostring(p.state), gone = tostring(p.none)\n| order by id asc";
        let rows = answer(query, &tables).unwrap();
        assert_eq!(json!(rows), json!([{ "id": "/b", "state": "Succeeded", "gone": "" }]));
    }

    #[test]
    fn a_left_outer_join_keeps_rows_without_a_partner() {
        let query = "Resources | join kind=leftouter (resourcecontainers | where type == \
                     'microsoft.resources/subscriptions' | project subscriptionName=name, subscriptionId) on \
                     subscriptionId | project name, subscriptionName | order by name asc";
        let rows = answer(query, &tables).unwrap();
        let names =
            json!([{ "name": "a", "subscriptionName": null }, { "name": "b", "subscriptionName": "Core" }]);
        assert_eq!(json!(rows), names);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        assert!(answer("where where", &tables).is_err());
        assert!(answer("resources | summarize count() by type", &tables).is_err());
    }
}

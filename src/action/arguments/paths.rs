//! Dotted paths into a value: `order.lines.0.price`.

use serde_json::Value;

/// The value at a dotted path. A whole number is a place in a list (decision 14), and in an object a field of that name.
pub fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, part| match value {
        Value::Object(fields) => fields.get(part),
        Value::Array(items) => items.get(place(part)?),
        _ => None,
    })
}

/// A place is written in one way only: neither `+1` nor `01`.
fn place(part: &str) -> Option<usize> {
    let is_written_so = part == "0" || (!part.starts_with('0') && part.bytes().all(|byte| byte.is_ascii_digit()));
    if is_written_so { part.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::at;
    use serde_json::json;

    #[test]
    fn a_path_leads_through_objects_and_lists() {
        let value = json!({ "a": { "b": [{ "c": 5 }, [6]], "0": 7, "n": null }, "": 8 });
        for (path, found) in [
            ("a.b.0.c", Some(json!(5))),
            ("a.b.1.0", Some(json!(6))),
            ("a.0", Some(json!(7))),
            ("a.n", Some(json!(null))),
            ("", Some(json!(8))),
            ("a.b.2", None),
            ("a.b.-1", None),
            ("a.b.+1", None),
            ("a.b.01", None),
            ("a.b.", None),
            ("a.b.0.c.d", None),
            ("a.n.x", None),
            ("a..b", None),
            ("a.b.99999999999999999999999", None),
        ] {
            assert_eq!(at(&value, path), found.as_ref(), "{path}");
        }
    }
}

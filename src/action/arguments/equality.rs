//! When two values are the same: by what they are, not by how they are written (decision 15).

use super::decimal::Decimal;
use serde_json::Value;

/// Whether two values are the same: 5 and 5.0 are; a boolean, a number and a text never are. The order of the fields of an
/// object does not count, the order of a list does.
pub fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::String(left), Value::String(right)) => left == right,
        (Value::Number(left), Value::Number(right)) => {
            left.as_str() == right.as_str() || Decimal::new(left) == Decimal::new(right)
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, left)| right.get(key).is_some_and(|right| equal(left, right)))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::equal;
    use serde_json::{Value, json};

    #[test]
    fn kinds_never_mix_and_numbers_are_what_they_are() {
        let classes: [Vec<Value>; 12] = [
            vec![json!(null)],
            vec![json!(false)],
            vec![json!(true)],
            vec![json!(0), json!(0.0), json!(-0.0)],
            vec![json!(1), json!(1.0)],
            vec![json!("1")],
            vec![json!("")],
            vec![json!([])],
            vec![json!({})],
            vec![json!([1, { "a": 2.0, "b": [true] }]), json!([1.0, { "b": [true], "a": 2 }])],
            vec![json!([{ "a": 2, "b": [true] }, 1])],
            vec![json!([1, { "a": 2, "c": [true] }])],
        ];
        for (at, class) in classes.iter().enumerate() {
            for (other, others) in classes.iter().enumerate() {
                for (left, right) in class.iter().flat_map(|left| others.iter().map(move |right| (left, right))) {
                    assert_eq!(equal(left, right), at == other, "{left} and {right}");
                }
            }
        }
    }
}

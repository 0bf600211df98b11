//! An operation from JSON that may hold anything.

use serde_json::Value;

use crate::ops::EditOp;

/// The operation, if writing it down again gives what was read: no field more, none twice, no null that says nothing.
pub(super) fn op(item: &Value) -> Option<EditOp> {
    let op = serde_json::from_value::<EditOp>(item.clone()).ok()?;
    let written = serde_json::to_value(&op).ok()?;
    same(item, &written).then_some(op)
}

/// Whether two values mean the same; 2 is 2.0.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one == other || one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, value)| other.get(key).is_some_and(|other| same(value, other)))
        }
        (one, other) => one == other,
    }
}

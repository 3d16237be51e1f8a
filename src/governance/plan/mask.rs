//! Masks: which parts of a value the plan marks as sensitive, and how a value loses them.

use crate::sorted;
use serde_json::{Map, Value};

/// What stands in the place of a sensitive value.
pub const MARKER: &str = "(sensitive)";

/// What a `before_sensitive` or `after_sensitive` marks. It mirrors the value: `true` stands for all below.
///
/// INVARIANT (pruned): `Items` and `Fields` mark something; a mask that marks nothing is `Nothing`.
pub(super) enum Mask<'a> {
    Nothing,
    Whole,
    Items(Vec<Mask<'a>>),
    Fields(sorted::Map<&'a str, Mask<'a>>),
}

impl<'a> Mask<'a> {
    /// Reads a mask. What no mask holds (a string, a number) marks everything.
    pub(super) fn read(mask: &'a Value) -> Self {
        match mask {
            Value::Null | Value::Bool(false) => Self::Nothing,
            Value::Bool(true) | Value::String(_) | Value::Number(_) => Self::Whole,
            Value::Array(items) => {
                let items: Vec<_> = items.iter().map(Self::read).collect();
                if items.iter().all(Self::is_nothing) { Self::Nothing } else { Self::Items(items) }
            }
            Value::Object(fields) => {
                let fields = fields.iter().map(|(key, mask)| (key.as_str(), Self::read(mask)));
                let fields = sorted::Map::from_iter(fields.filter(|(_, mask)| !mask.is_nothing()));
                if fields.is_empty() { Self::Nothing } else { Self::Fields(fields) }
            }
        }
    }

    fn is_nothing(&self) -> bool {
        matches!(self, Self::Nothing)
    }

    /// Replaces what the mask marks by the marker. A value that the mask does not fit is replaced whole.
    pub(super) fn hide(&self, value: &mut Value) {
        self.replace(value, &|_| Value::String(MARKER.to_owned()));
    }

    /// Hides on the one side of a change what the mask of the other side marks. `value` is hidden in; `here` and `there` are
    /// both sides as the plan has them.
    ///
    /// An element is known by its place only while both lists are the same: otherwise it may stand anywhere, and the
    /// whole list is withheld.
    fn hide_on_other_side(&self, value: &mut Value, here: &Value, there: &Value) {
        match (self, here, there) {
            (Self::Nothing, _, _) | (Self::Items(_) | Self::Fields(_), Value::Null, _) => {}
            (Self::Items(_), _, _) if here == there => self.hide(value),
            (Self::Fields(masks), Value::Object(fields), Value::Object(others)) => {
                for (key, mask) in masks {
                    let (Some(field), Some(value)) = (fields.get(*key), value.get_mut(*key)) else {
                        continue;
                    };
                    mask.hide_on_other_side(value, field, others.get(*key).unwrap_or(&Value::Null));
                }
            }
            (Self::Whole | Self::Items(_) | Self::Fields(_), _, _) => *value = Value::String(MARKER.to_owned()),
        }
    }

    /// The same for a structure of booleans that mirrors the value (`after_unknown`, a mask): below a marked place even
    /// its keys are part of the secret, so it becomes the one boolean that `whole` gives.
    pub(super) fn hide_flags(&self, flags: &mut Value, whole: &dyn Fn(&Value) -> Value) {
        self.replace(flags, whole);
    }

    fn replace(&self, value: &mut Value, whole: &dyn Fn(&Value) -> Value) {
        match (self, &mut *value) {
            (Self::Nothing, _) | (Self::Items(_) | Self::Fields(_), Value::Null) => {}
            (Self::Items(masks), Value::Array(items)) if masks.len() == items.len() => {
                for (mask, item) in masks.iter().zip(items) {
                    mask.replace(item, whole);
                }
            }
            (Self::Fields(masks), Value::Object(fields)) => {
                for (key, field) in fields.iter_mut() {
                    if let Some(mask) = masks.get(key.as_str()) {
                        mask.replace(field, whole);
                    }
                }
            }
            (Self::Whole | Self::Items(_) | Self::Fields(_), _) => *value = whole(value),
        }
    }

    /// How many steps of a path lead through places that are not marked: what follows names parts of a secret.
    fn open_steps(&self, path: &[Value]) -> usize {
        let Some((step, rest)) = path.split_first() else {
            return 0;
        };
        let below = match (self, step) {
            (Self::Nothing, _) => return path.len(),
            (Self::Whole, _) => return 0,
            (Self::Fields(masks), Value::String(key)) => masks.get(key.as_str()),
            (Self::Items(masks), Value::Number(index)) => {
                index.as_u64().and_then(|index| usize::try_from(index).ok()).and_then(|index| masks.get(index))
            }
            // The path does not fit the mask: its next step may be part of the secret.
            (Self::Fields(_) | Self::Items(_), _) => return 0,
        };
        match below {
            Some(mask) => mask.open_steps(rest).saturating_add(1),
            None => path.len(),
        }
    }
}

/// A structure of booleans as Terraform writes it: any other leaf counts as `true`, so that no value can hide in it.
fn only_flags(flags: &mut Value) {
    match flags {
        Value::Bool(_) => {}
        Value::Array(items) => items.iter_mut().for_each(only_flags),
        Value::Object(fields) => fields.values_mut().for_each(only_flags),
        Value::Null => *flags = Value::Bool(false),
        Value::String(_) | Value::Number(_) => *flags = Value::Bool(true),
    }
}

fn any_flag(flags: &Value) -> bool {
    match flags {
        Value::Bool(flag) => *flag,
        Value::Array(items) => items.iter().any(any_flag),
        Value::Object(fields) => fields.values().any(any_flag),
        Value::Null => false,
        Value::String(_) | Value::Number(_) => true,
    }
}

/// The values of a change, each without what either side marks. `change` is taken apart.
///
/// Both masks count on both sides: what is sensitive from now on has the same value before.
pub(super) fn masked_change(change: &mut Map<String, Value>) -> Map<String, Value> {
    let mut take = |key: &str| change.remove(key).unwrap_or(Value::Null);
    let mut before = take("before");
    let mut after = take("after");
    let mut after_unknown = take("after_unknown");
    let before_flags = or_whole(take("before_sensitive"), &before);
    let after_flags = or_whole(take("after_sensitive"), &after);
    let replace_paths = take("replace_paths");
    let masks = [Mask::read(&before_flags), Mask::read(&after_flags)];

    let [before_mask, after_mask] = &masks;
    let marks = !(before_mask.is_nothing() && after_mask.is_nothing());
    // Null as a whole says that there is no object on this side, as the actions do.
    if marks && !before.is_null() && !after.is_null() {
        let (was, is) = (before.clone(), after.clone());
        before_mask.hide(&mut before);
        after_mask.hide_on_other_side(&mut before, &was, &is);
        after_mask.hide(&mut after);
        before_mask.hide_on_other_side(&mut after, &is, &was);
    } else if marks {
        for side in [&mut before, &mut after] {
            if !side.is_null() {
                before_mask.hide(side);
                after_mask.hide(side);
            }
        }
    }
    let has_unknown = !after_unknown.is_null();
    only_flags(&mut after_unknown);
    for mask in &masks {
        mask.hide_flags(&mut after_unknown, &|flags| Value::Bool(any_flag(flags)));
    }
    let shown_flags = |flags: &Value| {
        let mut shown = flags.clone();
        only_flags(&mut shown);
        for mask in &masks {
            mask.hide_flags(&mut shown, &|_| Value::Bool(true));
        }
        shown
    };

    let mut masked = Map::new();
    masked.insert("before".to_owned(), before);
    masked.insert("after".to_owned(), after);
    if has_unknown {
        masked.insert("after_unknown".to_owned(), after_unknown);
    }
    masked.insert("before_sensitive".to_owned(), shown_flags(&before_flags));
    masked.insert("after_sensitive".to_owned(), shown_flags(&after_flags));
    if let Value::Array(paths) = replace_paths {
        masked.insert(
            "replace_paths".to_owned(),
            Value::Array(paths.iter().filter_map(|p| open_path(p, &masks)).collect()),
        );
    }
    masked
}

/// The mask as it stands, or everything where there is a value and no mask.
fn or_whole(mask: Value, value: &Value) -> Value {
    if mask.is_null() { Value::Bool(!value.is_null()) } else { mask }
}

/// The part of a path that names nothing inside a secret; none if that is empty.
fn open_path(path: &Value, masks: &[Mask<'_>]) -> Option<Value> {
    let Value::Array(steps) = path else {
        return None;
    };
    let named = steps.iter().take_while(|step| step.is_string() || step.is_number()).count();
    let open = masks.iter().map(|mask| mask.open_steps(steps)).fold(named, usize::min);
    (open > 0).then(|| Value::Array(steps.iter().take(open).cloned().collect()))
}

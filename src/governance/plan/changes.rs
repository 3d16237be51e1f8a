//! From the entries of a plan to the three lists, the attributes of the workspace and the notes.

use super::document::{ChangeBody, Document, Entries, Found, List, ResourceChange, Text, shape_error};
use super::{Change, Counts, DetectedAttributes, PlanChanges};
use crate::error::Error;
use crate::sorted;

/// What the entries of a plan come to.
pub(super) struct PlanContent {
    pub(super) plan_changes: PlanChanges,
    pub(super) detected_attributes: DetectedAttributes,
    pub(super) counts: Counts,
    pub(super) notes: Vec<String>,
}

/// What was read so far: the lists, the attributes, and how often what is noted occurs.
#[derive(Default)]
struct Reading {
    lists: PlanChanges,
    providers: sorted::Set<String>,
    resource_types: sorted::Set<String>,
    moved: u64,
    imported: u64,
    forgotten: u64,
    replaced_by_forgetting: u64,
    deposed: u64,
    drifted: u64,
    outputs_changed: u64,
    checks_not_passed: u64,
    without_mask: u64,
}

/// What an action list means for the three lists.
enum Effect {
    Nothing,
    Add,
    Change,
    Destroy,
    Replace,
    ReplaceByForgetting,
    Forget,
}

/// Reads all the entries of a plan that say what it does.
pub(super) fn read(document: &Document) -> Result<PlanContent, Error> {
    let mut reading = Reading::default();
    let entries = document.resource_changes.items("/resource_changes")?;
    for (index, entry) in entries.iter().enumerate() {
        let path = format!("/resource_changes/{index}");
        read_entry(entry.required(&path, "an object")?, &path, &mut reading)?;
    }
    read_outputs(&document.output_changes, &mut reading)?;
    reading.drifted = drifted(&document.resource_drift)?;
    reading.checks_not_passed = checks_not_passed(document);
    let counts = Counts {
        added: length(&reading.lists.added),
        changed: length(&reading.lists.changed),
        destroyed: length(&reading.lists.destroyed),
    };
    Ok(PlanContent {
        notes: notes(document, &reading, counts)?,
        plan_changes: reading.lists,
        detected_attributes: DetectedAttributes {
            providers: reading.providers.into_iter().collect(),
            resource_types: reading.resource_types.into_iter().collect(),
        },
        counts,
    })
}

fn read_entry(entry: &ResourceChange, path: &str, reading: &mut Reading) -> Result<(), Error> {
    let body_path = format!("{path}/change");
    let body = entry.change.required(&body_path, "an object")?;
    let effect = effect(&body.actions, &format!("{body_path}/actions"))?;
    let Text(address) = entry.address.required(&format!("{path}/address"), "a string")?;
    let Text(resource_type) = entry.resource_type.required(&format!("{path}/type"), "a string")?;
    entry.mode.optional(&format!("{path}/mode"), "a string")?;
    let source = entry.provider_name.optional(&format!("{path}/provider_name"), "a string")?;
    if body.lacks_a_mask() {
        increase(&mut reading.without_mask);
    }
    if entry.mode.is_text("data") || entry.mode.is_text("ephemeral") {
        return Ok(());
    }
    let change = Change {
        address: address.clone(),
        resource_type: resource_type.clone(),
        provider_name: match source {
            Some(Text(source)) => short_provider_name(source),
            None => provider_of_type(resource_type),
        },
    };
    reading.providers.insert(change.provider_name.clone());
    reading.resource_types.insert(change.resource_type.clone());
    let previous = entry.previous_address.optional(&format!("{path}/previous_address"), "a string")?;
    if matches!(previous, Some(Text(previous)) if previous != address) {
        increase(&mut reading.moved);
    }
    if body.importing.is_present() {
        increase(&mut reading.imported);
    }
    let deposed = entry.deposed.optional(&format!("{path}/deposed"), "a string")?;
    if deposed.is_some() && !matches!(effect, Effect::Nothing) {
        increase(&mut reading.deposed);
    }
    match effect {
        Effect::Nothing => {}
        Effect::Add => reading.lists.added.push(change),
        Effect::Change => reading.lists.changed.push(change),
        Effect::Destroy => reading.lists.destroyed.push(change),
        Effect::Replace => {
            reading.lists.added.push(change.clone());
            reading.lists.destroyed.push(change);
        }
        Effect::ReplaceByForgetting => {
            increase(&mut reading.replaced_by_forgetting);
            reading.lists.added.push(change.clone());
            reading.lists.destroyed.push(change);
        }
        Effect::Forget => increase(&mut reading.forgotten),
    }
    Ok(())
}

/// The one place that knows action words. A word or a combination that it does not know is an error.
fn effect(actions: &Found<List<Text>>, path: &str) -> Result<Effect, Error> {
    let list = actions.required(path, "an array of action words")?;
    let mut words = Vec::with_capacity(list.0.len());
    for (index, word) in list.0.iter().enumerate() {
        let path = format!("{path}/{index}");
        let Text(word) = word.required(&path, "an action word")?;
        match word.as_str() {
            "no-op" | "read" | "create" | "update" | "delete" | "forget" => words.push(word.as_str()),
            _ => {
                return Err(shape_error(
                    &path,
                    "is an action that is not known (known are `no-op`, `read`, `create`, `update`, `delete`, `forget`)",
                ));
            }
        }
    }
    match words.as_slice() {
        ["no-op" | "read"] => Ok(Effect::Nothing),
        ["create"] => Ok(Effect::Add),
        ["update"] => Ok(Effect::Change),
        ["delete"] => Ok(Effect::Destroy),
        ["forget"] => Ok(Effect::Forget),
        ["delete", "create"] | ["create", "delete"] => Ok(Effect::Replace),
        // Terraform writes the first order, OpenTofu the second.
        ["create", "forget"] | ["forget", "create"] => Ok(Effect::ReplaceByForgetting),
        [] => Err(shape_error(path, "names no action")),
        _ => Err(shape_error(path, "is a combination of actions that is not known")),
    }
}

fn read_outputs(outputs: &Found<Entries<ChangeBody>>, reading: &mut Reading) -> Result<(), Error> {
    for (name, body) in outputs.entries("/output_changes")? {
        let path = format!("/output_changes/{}", name.replace('~', "~0").replace('/', "~1"));
        let body = body.required(&path, "an object")?;
        if !matches!(effect(&body.actions, &format!("{path}/actions"))?, Effect::Nothing) {
            increase(&mut reading.outputs_changed);
        }
        if body.lacks_a_mask() {
            increase(&mut reading.without_mask);
        }
    }
    Ok(())
}

/// Resources that were changed outside of Terraform. A drift entry that is a no-op is a move, which the changes show too.
fn drifted(drift: &Found<List<ResourceChange>>) -> Result<u64, Error> {
    let mut drifted = 0;
    for (index, entry) in drift.items("/resource_drift")?.iter().enumerate() {
        let path = format!("/resource_drift/{index}");
        let entry = entry.required(&path, "an object")?;
        let path = format!("{path}/change");
        let body = entry.change.required(&path, "an object")?;
        if !matches!(effect(&body.actions, &format!("{path}/actions"))?, Effect::Nothing) {
            increase(&mut drifted);
        }
    }
    Ok(drifted)
}

/// Checks are shown, never decided on, and their form changed between versions: what is not understood is passed over.
fn checks_not_passed(document: &Document) -> u64 {
    let Found::Is(List(checks)) = &document.checks else {
        return 0;
    };
    let mut count = 0;
    for check in checks {
        if matches!(check, Found::Is(check) if check.status.is_text("fail") || check.status.is_text("error")) {
            increase(&mut count);
        }
    }
    count
}

fn notes(document: &Document, reading: &Reading, counts: Counts) -> Result<Vec<String>, Error> {
    let flag =
        |part: &Found<super::document::Flag>, path: &str| part.optional(path, "true or false").map(|_| part.flag());
    let errored = flag(&document.errored, "/errored")? == Some(true);
    let complete = flag(&document.complete, "/complete")?;
    let applyable = flag(&document.applyable, "/applyable")?;
    let deferred = length(document.deferred_changes.items("/deferred_changes")?);
    let invoked = length(document.action_invocations.items("/action_invocations")?);
    let invoked_later = length(document.deferred_action_invocations.items("/deferred_action_invocations")?);
    let no_changes = counts == Counts::default();

    let mut notes = Vec::new();
    if errored {
        notes.push("the plan is incomplete: planning ended with an error, so changes may be missing".to_owned());
    } else if complete == Some(false) {
        notes.push(
            "the plan is incomplete: after it is applied, another plan is needed to reach the configuration".to_owned(),
        );
    }
    if applyable == Some(false) && !errored && !no_changes {
        notes.push("the plan says of itself that it cannot be applied".to_owned());
    }
    if !document.format_version.is_present() {
        notes.push("the plan does not say its format version".to_owned());
    }
    let mut note = |count: u64, one: &str, many: &str| {
        if count > 0 {
            notes.push(format!("{count} {}", if count == 1 { one } else { many }));
        }
    };
    note(
        deferred,
        "change is deferred to a later plan and not counted",
        "changes are deferred to a later plan and not counted",
    );
    note(reading.moved, "resource is moved to another address", "resources are moved to another address");
    note(reading.imported, "resource is imported", "resources are imported");
    note(
        reading.forgotten,
        "resource is forgotten: it stays, and Terraform no longer manages it; not counted",
        "resources are forgotten: they stay, and Terraform no longer manages them; not counted",
    );
    note(
        reading.replaced_by_forgetting,
        "resource is replaced and its old object forgotten, not deleted: counted as added and as destroyed, while Terraform's own summary counts it as added only",
        "resources are replaced and their old objects forgotten, not deleted: counted as added and as destroyed, while Terraform's own summary counts them as added only",
    );
    note(
        reading.deposed,
        "change is about a deposed object, left over from an earlier replacement",
        "changes are about deposed objects, left over from earlier replacements",
    );
    note(invoked, "provider action is invoked; not counted", "provider actions are invoked; not counted");
    note(invoked_later, "provider action is deferred to a later plan", "provider actions are deferred to a later plan");
    note(
        reading.drifted,
        "resource was changed outside of Terraform since the last apply; not counted",
        "resources were changed outside of Terraform since the last apply; not counted",
    );
    note(reading.checks_not_passed, "check fails or could not be evaluated", "checks fail or could not be evaluated");
    if no_changes {
        note(reading.outputs_changed, "output changes, and no resource", "outputs change, and no resource");
    }
    note(
        reading.without_mask,
        "change does not say which of its values are sensitive: full plan detail withholds its values",
        "changes do not say which of their values are sensitive: full plan detail withholds their values",
    );
    Ok(notes)
}

/// `aws` for `registry.terraform.io/hashicorp/aws`, and for the forms of Terraform 0.12: `aws`, `aws.west`,
/// `provider.aws`, `module.a.provider.aws.west`, `provider["registry.terraform.io/hashicorp/aws"].west`.
fn short_provider_name(source: &str) -> String {
    let source = match source.split_once("provider[\"") {
        Some((_, quoted)) => quoted.split('"').next().unwrap_or(quoted),
        None => source,
    };
    let name = match source.rsplit_once('/') {
        Some((_, name)) => name,
        None => {
            let after = source.rsplit_once("provider.").map_or(source, |(_, after)| after);
            after.split('.').next().unwrap_or(after)
        }
    };
    name.to_owned()
}

/// Terraform's own rule for a resource that names no provider: the type up to its first underscore.
fn provider_of_type(resource_type: &str) -> String {
    resource_type.split('_').next().unwrap_or(resource_type).to_owned()
}

fn length<T>(items: &[T]) -> u64 {
    u64::try_from(items.len()).unwrap_or(u64::MAX)
}

fn increase(count: &mut u64) {
    *count = count.saturating_add(1);
}

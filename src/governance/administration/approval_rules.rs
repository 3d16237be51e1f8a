//! Approval rules: created by whoever may, kept by who made them, and reserved to administrators once promoted (section 2.3).

use super::Administration;
use super::access::{EffectiveRole, Scope, not_permitted_in, require, role_in};
use super::policy_sets::done;
use super::stored::{self, kind};
use crate::decision::{
    Asking, Change, Done, Identity, Kept, Need, Page, PageRequest, Record, Refusal, RefusalCode, Stop,
};
use crate::error::{Error, ErrorCode};
use crate::governance::configuration::{ApprovalRule, ApproverType};
use crate::governance::people;
use crate::typed;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The fields of a rule that whoever changes it may not name: the server's, and the scope.
const FIXED: [&str; 4] = ["id", "created_by", "project_id", "workspace_id"];

/// What may be changed of an approval rule: any of its fields but id, scope and creator; null takes one back to its default.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(transparent)]
pub struct ApprovalRuleChange(
    #[cfg_attr(
        test,
        ts(type = "Partial<Omit<ApprovalRule, \"id\" | \"created_by\" | \"project_id\" | \"workspace_id\">>")
    )]
    Map<String, Value>,
);

/// An approval rule as a caller sees it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ApprovalRuleSeen {
    /// The rule.
    #[serde(flatten)]
    pub rule: ApprovalRule,
    /// What the caller may do with it.
    pub effective_role: EffectiveRole,
}

/// A part of a list of approval rules.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ApprovalRulePage {
    /// Those that the caller may see.
    pub approval_rules: Vec<ApprovalRuleSeen>,
    /// Where the next page begins; null: nothing follows.
    pub cursor: Option<String>,
}

struct FoundRule {
    rule: ApprovalRule,
    record_version: Option<String>,
    identity: Identity,
    role: EffectiveRole,
}

impl Administration<'_> {
    /// `POST /approval-rules`
    pub(super) fn create_approval_rule(&self, asking: &Asking, new: ApprovalRule) -> Result<Done, Stop> {
        asking.want(stored::configuration_need(self.org_id));
        for (path, is_given) in [("/id", new.id.is_some()), ("/created_by", new.created_by.is_some())] {
            if is_given {
                return Err(Refusal::field(path, "this field is not the caller's to give").into());
            }
        }
        let scope = Scope::of(new.project_id.as_deref(), new.workspace_id.as_deref());
        check(&new)?;
        let missing = || not_permitted_in(&scope);
        let (identity, _) = require(asking, self.org_id, &scope, EffectiveRole::Write, missing)?;
        // After the rights: it tells where a workspace lives.
        self.check_parent(asking, new.project_id.as_deref(), new.workspace_id.as_deref())?;
        let new = self.with_people(asking, new)?;
        let rule = ApprovalRule {
            id: Some(self.operation_id.to_owned()),
            // An administrator's rule is nobody's own (G73).
            created_by: identity.id.clone().filter(|_| !identity.is_org_admin()),
            ..new
        };
        let mut change = Change::begin(asking, stored::set_up(self.org_id), self.operation_id)?;
        change.expect(stored::rule_need(self.org_id, self.operation_id), None);
        change.put(Record::of(kind::APPROVAL_RULE, self.operation_id, &rule)?);
        done(change, &seen(rule, &identity, &scope)?)
    }

    /// `GET /approval-rules`
    pub(super) fn list_approval_rules(&self, asking: &Asking, page: &PageRequest) -> Result<Done, Stop> {
        let organisation = Scope::of(None, None).resource(self.org_id);
        asking.want(Need::Access { resource: organisation.clone() });
        let listed: Page<ApprovalRule> =
            asking.records(page.need(stored::partition(self.org_id), kind::APPROVAL_RULE, None)?)?;
        // Whoever is unknown is told so also where there is nothing to see.
        asking.access(organisation)?;
        let rules: Vec<ApprovalRule> = listed.records.into_iter().map(|record| record.value).collect();
        for rule in &rules {
            asking.want(Need::Access { resource: scope_of(rule).resource(self.org_id) });
        }
        let mut approval_rules = Vec::new();
        for rule in rules {
            let scope = scope_of(&rule);
            let identity = asking.access(scope.resource(self.org_id))?;
            if role_in(&scope, &identity).is_some() {
                approval_rules.push(seen(rule, &identity, &scope)?);
            }
        }
        Done::answer(&ApprovalRulePage { approval_rules, cursor: listed.cursor })
    }

    /// `GET /approval-rules/{id}`
    pub(super) fn get_approval_rule(&self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        let FoundRule { rule, identity, .. } = self.found_rule(asking, id)?;
        let scope = scope_of(&rule);
        Done::answer(&seen(rule, &identity, &scope)?)
    }

    /// `PATCH /approval-rules/{id}`
    pub(super) fn change_approval_rule(
        &self,
        asking: &Asking,
        id: &str,
        change: ApprovalRuleChange,
    ) -> Result<Done, Stop> {
        asking.want(stored::configuration_need(self.org_id));
        if change.0.is_empty() {
            return Err(Refusal::field("", "nothing is to be changed: give a field of the rule").into());
        }
        if let Some(fixed) = FIXED.iter().find(|field| change.0.contains_key(**field)) {
            return Err(Refusal::field(format!("/{fixed}"), format!("`{fixed}` of a rule never changes")).into());
        }
        let found = self.own_rule(asking, id)?;
        let rule = changed(&found.rule, change.0)?;
        check(&rule)?;
        let rule = self.with_people(asking, rule)?;
        self.put_rule(asking, found, rule)
    }

    /// `DELETE /approval-rules/{id}`: requirements of pending runs are snapshots and stay.
    pub(super) fn delete_approval_rule(&self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        asking.want(stored::configuration_need(self.org_id));
        let found = self.own_rule(asking, id)?;
        let mut change = Change::begin(asking, stored::set_up(self.org_id), self.operation_id)?;
        change.expect(stored::rule_need(self.org_id, id), found.record_version);
        change.put(Record::deleted(kind::APPROVAL_RULE, id));
        done(change, &serde_json::json!({ "id": id }))
    }

    /// `POST /approval-rules/{id}/promote`: from now on reserved to administrators.
    pub(super) fn promote_approval_rule(&self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        asking.want(stored::configuration_need(self.org_id));
        let found = self.found_rule(asking, id)?;
        if !found.identity.is_org_admin() {
            let message = format!("{} may not promote a rule: administrators may", found.identity.name());
            return Err(Refusal::new(RefusalCode::NotPermitted, message).into());
        }
        let rule = ApprovalRule { created_by: None, ..found.rule.clone() };
        self.put_rule(asking, found, rule)
    }

    fn put_rule(&self, asking: &Asking, found: FoundRule, rule: ApprovalRule) -> Result<Done, Stop> {
        let scope = scope_of(&rule);
        if rule == found.rule {
            return Done::answer(&seen(rule, &found.identity, &scope)?);
        }
        let id = rule.id.clone().unwrap_or_default();
        let mut change = Change::begin(asking, stored::set_up(self.org_id), self.operation_id)?;
        change.expect(stored::rule_need(self.org_id, &id), found.record_version);
        change.put(Record::of(kind::APPROVAL_RULE, id, &rule)?);
        done(change, &seen(rule, &found.identity, &scope)?)
    }

    fn found_rule(&self, asking: &Asking, id: &str) -> Result<FoundRule, Stop> {
        let kept: Kept<ApprovalRule> = asking.record(stored::rule_need(self.org_id, id))?;
        let missing = || Refusal::new(RefusalCode::NotFound, format!("there is no approval rule `{id}`"));
        let rule = kept.value.ok_or_else(missing)?;
        let (identity, role) = require(asking, self.org_id, &scope_of(&rule), EffectiveRole::Read, missing)?;
        Ok(FoundRule { rule, record_version: kept.version, identity, role })
    }

    /// A rule that whoever asks may change: administrators any, others their own while they may write in its scope.
    fn own_rule(&self, asking: &Asking, id: &str) -> Result<FoundRule, Stop> {
        let found = self.found_rule(asking, id)?;
        if role_for(&found.rule, &found.identity, found.role) >= EffectiveRole::Write {
            return Ok(found);
        }
        let whose = match &found.rule.created_by {
            None => "it is reserved to administrators",
            Some(_) => "it is somebody else's",
        };
        let message = format!("{} may not change the rule `{}`: {whose}", found.identity.name(), found.rule.name);
        Err(Refusal::new(RefusalCode::NotPermitted, message).into())
    }

    /// Whoever a rule names must exist (G35), for a host that knows its people; a team is kept by its id.
    fn with_people(&self, asking: &Asking, mut rule: ApprovalRule) -> Result<ApprovalRule, Stop> {
        let org_id = self.org_id.to_owned();
        let user = match (rule.approver_type, &rule.approver_id) {
            (ApproverType::User, Some(id)) => Some(Need::User { org_id, id: id.clone() }),
            _ => None,
        };
        let team = rule.approver_id.clone().filter(|_| rule.approver_type == ApproverType::Team);
        user.iter().for_each(|need| asking.want(need.clone()));
        for team in [&team, &rule.escalation_team_id].into_iter().flatten() {
            asking.want(people::team_need(self.org_id, team));
        }
        if let Some(need) = user
            && asking.value::<Value>(need)?.is_null()
        {
            let id = rule.approver_id.unwrap_or_default();
            return Err(Refusal::field("/approver_id", format!("there is no user `{id}` in the organisation")).into());
        }
        if let Some(team) = team {
            rule.approver_id = Some(self.team_id(asking, "/approver_id", &team)?);
        }
        if let Some(team) = &rule.escalation_team_id {
            rule.escalation_team_id = Some(self.team_id(asking, "/escalation_team_id", team)?);
        }
        Ok(rule)
    }

    /// The id of a team that a field names.
    pub(super) fn team_id(&self, asking: &Asking, path: &str, team: &str) -> Result<String, Stop> {
        let found = people::team(asking, self.org_id, team)?;
        let missing = || Refusal::field(path, format!("there is no team `{team}` in the organisation"));
        Ok(found.ok_or_else(missing)?.id)
    }
}

fn scope_of(rule: &ApprovalRule) -> Scope {
    Scope::of(rule.project_id.as_deref(), rule.workspace_id.as_deref())
}

/// What whoever has a role in a rule's scope may do with the rule itself.
fn role_for(rule: &ApprovalRule, identity: &Identity, in_scope: EffectiveRole) -> EffectiveRole {
    if identity.is_org_admin() {
        return EffectiveRole::Admin;
    }
    let is_own = rule.created_by.is_some() && rule.created_by == identity.id;
    if is_own && in_scope >= EffectiveRole::Write { EffectiveRole::Admin } else { EffectiveRole::Read }
}

fn seen(rule: ApprovalRule, identity: &Identity, scope: &Scope) -> Result<ApprovalRuleSeen, Stop> {
    let in_scope = role_in(scope, identity).ok_or_else(|| not_permitted_in(scope))?;
    let effective_role = role_for(&rule, identity, in_scope);
    Ok(ApprovalRuleSeen { rule, effective_role })
}

/// The rule with fields put in place of its own.
fn changed(rule: &ApprovalRule, fields: Map<String, Value>) -> Result<ApprovalRule, Stop> {
    let Value::Object(mut all) = crate::decision::asking::json(rule)? else {
        return Err(Error::new(ErrorCode::EvalInternalError, "a rule is no object").into());
    };
    for (field, value) in fields {
        if value.is_null() {
            all.remove(&field);
        } else {
            all.insert(field, value);
        }
    }
    Ok(typed::read(Value::Object(all), ErrorCode::MalformedRequest, "the change of the rule cannot be read")?)
}

/// Every constraint on a rule, as a refusal of a field.
fn check(rule: &ApprovalRule) -> Result<(), Refusal> {
    rule.check("").map_err(|error| Refusal::field(error.path.unwrap_or_default(), error.message))
}

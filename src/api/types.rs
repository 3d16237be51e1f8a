//! The TypeScript of the wire types: written from the Rust types, committed, and compared here. `BLESS=1` rewrites it.
#![allow(clippy::panic, clippy::expect_used, reason = "a test says what is wrong by failing")]

use super::authoring_requests::{Bytes, CheckAnswer, FormatAnswer};
use super::config_testing::{ConfigUnitTestsAnswer, NextConfigTestAnswer, OpenConfigTestsAnswer};
use super::configuring::{LoadConfigPoliciesAnswer, ValueAnswer};
use super::governing::PreparedAnswer;
use super::testing::TestAnswer;
use super::wire::{BuiltinAvailable, CapabilitiesAnswer, CompileAnswer, EvaluationNeeds, LoadAnswer, SetDataAnswer};
use crate::action::diff::{FieldDiff, PolicyDiff};
use crate::action::merged::Merged;
use crate::action::policy::PolicyFields;
use crate::action::policy::compile::Compiled;
use crate::action::service;
use crate::action::simulation;
use crate::decision::{Identity, Step};
use crate::governance::administration;
use crate::governance::configuration::GovernanceConfig;
use crate::governance::plan::PlanSummary;
use crate::governance::playground::PlaygroundAnswer;
use crate::governance::requirements::Approval;
use crate::governance::run_record::RunRecord;
use crate::governance::runs;
use crate::governance::{GovernanceRequest, GovernanceStep};
use crate::limits::EvaluationLimits;
use crate::policy::{Contract, Validation};
use crate::sorted;
use std::path::Path;
use ts_rs::{Config, TS, TypeVisitor};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/pkg-template/src/wire.ts");

/// Collects the declaration of a type and of every type below it.
struct Declarations<'a> {
    config: &'a Config,
    found: sorted::Map<String, String>,
}

impl Declarations<'_> {
    fn add<T: TS + 'static + ?Sized>(&mut self) {
        // Types without an output path are built in: numbers, strings, lists.
        if T::output_path().is_none() {
            T::visit_dependencies(self);
            return;
        }
        let name = T::ident(self.config);
        if self.found.contains_key(&name) {
            return;
        }
        let docs = T::docs().unwrap_or_default();
        self.found.insert(name, format!("{docs}export {}\n", T::decl(self.config)));
        T::visit_dependencies(self);
    }
}

impl TypeVisitor for Declarations<'_> {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        self.add::<T>();
    }
}

#[test]
fn the_typescript_of_the_wire_types_is_up_to_date() {
    let config = Config::default();
    let mut declarations = Declarations { config: &config, found: sorted::Map::new() };
    declarations.add::<crate::error::Error>();
    declarations.add::<EvaluationLimits>();
    declarations.add::<Contract>();
    declarations.add::<Validation>();
    declarations.add::<CheckAnswer>();
    declarations.add::<FormatAnswer>();
    declarations.add::<CompileAnswer>();
    declarations.add::<LoadAnswer>();
    declarations.add::<Bytes>();
    declarations.add::<SetDataAnswer>();
    declarations.add::<EvaluationNeeds>();
    declarations.add::<TestAnswer>();
    declarations.add::<CapabilitiesAnswer>();
    declarations.add::<BuiltinAvailable>();
    declarations.add::<PlanSummary>();
    declarations.add::<PlaygroundAnswer>();
    declarations.add::<GovernanceConfig>();
    declarations.add::<PreparedAnswer>();
    declarations.add::<GovernanceRequest>();
    declarations.add::<GovernanceStep>();
    declarations.add::<RunRecord>();
    declarations.add::<administration::AdministrationRequest>();
    declarations.add::<administration::PolicySetPage>();
    declarations.add::<administration::PolicyList>();
    declarations.add::<administration::ApprovalRulePage>();
    declarations.add::<administration::ExternalCheckProviderPage>();
    declarations.add::<administration::AttachedScope>();
    declarations.add::<administration::LoadedPolicySet>();
    declarations.add::<administration::PolicySetVersionPage>();
    declarations.add::<administration::PolicySetDiff>();
    declarations.add::<administration::stored::StoredWorkspace>();
    declarations.add::<runs::RunRequest>();
    declarations.add::<runs::PlannedRun>();
    declarations.add::<runs::RequirementList>();
    declarations.add::<runs::DecisionLog>();
    declarations.add::<runs::RunApprovalList>();
    declarations.add::<runs::PolicyResultList>();
    declarations.add::<runs::Timeline>();
    declarations.add::<runs::SweptRun>();
    declarations.add::<service::ActionRequest>();
    declarations.add::<service::stored::StoredPolicy>();
    declarations.add::<service::policies::ChangedPolicy>();
    declarations.add::<service::policies::PolicyPage>();
    declarations.add::<service::versions::DraftedVersion>();
    declarations.add::<service::versions::PolicyVersionPage>();
    declarations.add::<service::versions::PolicyVersionDiff>();
    declarations.add::<service::exceptions::ExceptionPage>();
    declarations.add::<service::kill_switches::KillSwitchCheck>();
    declarations.add::<service::kill_switches::KillSwitchPage>();
    declarations.add::<service::sync::Synced>();
    declarations.add::<service::test_alerts::TestAlert>();
    declarations.add::<service::approvals::ActionApprovalPage>();
    declarations.add::<service::interventions::InterventionPage>();
    declarations.add::<service::log::ActionDecisionLog>();
    declarations.add::<service::settlement::SettledCall>();
    declarations.add::<service::sweep::ActionSweepStep>();
    declarations.add::<crate::action::exceptions::Exception>();
    declarations.add::<crate::action::settings::ActionSettings>();
    declarations.add::<crate::action::verdict::ActionDecision>();
    declarations.add::<crate::action::state::ModerationResult>();
    declarations.add::<PolicyFields>();
    declarations.add::<Compiled>();
    declarations.add::<Merged>();
    declarations.add::<PolicyDiff>();
    declarations.add::<FieldDiff>();
    declarations.add::<simulation::given::GivenPolicy>();
    declarations.add::<simulation::given::GivenException>();
    declarations.add::<simulation::check::CheckRequest>();
    declarations.add::<simulation::check::Checked>();
    declarations.add::<simulation::simulate::SimulateRequest>();
    declarations.add::<simulation::simulate::Simulation>();
    declarations.add::<simulation::redecision::RedecideRequest>();
    declarations.add::<simulation::redecision::Redecisions>();
    declarations.add::<simulation::outputs::OpenRequest>();
    declarations.add::<simulation::outputs::Opened>();
    declarations.add::<simulation::outputs::RecordedEntry>();
    declarations.add::<simulation::outputs::PlayRequest>();
    declarations.add::<simulation::outputs::Played>();
    declarations.add::<LoadConfigPoliciesAnswer>();
    declarations.add::<crate::config::Decided>();
    declarations.add::<crate::config::input::Rules>();
    declarations.add::<ValueAnswer>();
    declarations.add::<OpenConfigTestsAnswer>();
    declarations.add::<NextConfigTestAnswer>();
    declarations.add::<ConfigUnitTestsAnswer>();
    declarations.add::<crate::config::service::ConfigServiceRequest>();
    declarations.add::<crate::config::service::bundles::BundleDiff>();
    declarations.add::<crate::config::service::bundles::FetchedPolicy>();
    declarations.add::<crate::config::service::bundles::BundleVersionPage>();
    declarations.add::<crate::config::service::deciding::DecisionMade>();
    declarations.add::<crate::config::service::log::DecisionLog>();
    declarations.add::<crate::config::service::settings::ConfigSettings>();
    declarations.add::<Step>();
    declarations.add::<Identity>();
    declarations.add::<Approval>();
    declarations.add::<crate::rego::Module>();
    declarations.add::<crate::rego::builtins::HostFunctionDeclaration>();
    let mut text = String::from(
        "// The types that cross between the package and its engine. Generated from the engine's own: do not edit.\n",
    );
    for declaration in declarations.found.values() {
        text.push('\n');
        text.push_str(declaration);
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(FILE, &text).expect("wire.ts can be written");
    }
    let committed = std::fs::read_to_string(Path::new(FILE)).unwrap_or_default();
    assert!(
        committed == text,
        "pkg-template/src/wire.ts is not what the Rust types say; run `BLESS=1 cargo test --lib`"
    );
}

package circleci.config

import data.circleci.utils
import future.keywords

# Every job of the workflows that uses contexts: its name with that of its workflow, the contexts, and what is written for it.
_uses_of_contexts(workflows) = {use |
	some flow, workflow in workflows
	some element in workflow.jobs
	some job, entry in element
	use := {"job": sprintf("%s.%s", [flow, job]), "contexts": utils.to_set(entry.context), "entry": entry}
}

# The projects may use no other contexts.
contexts_allowed_by_project_ids(projects, contexts) = {message |
	data.meta.project_id in utils.to_set(projects)
	some use in _uses_of_contexts(input._compiled_.workflows)
	others := use.contexts - utils.to_set(contexts)
	count(others) > 0
	message := sprintf("%s: uses context value(s) not in allowlist for project: %s", [use.job, concat(", ", others)])
}

# The projects may use none of the contexts.
contexts_blocked_by_project_ids(projects, contexts) = {message |
	data.meta.project_id in utils.to_set(projects)
	some use in _uses_of_contexts(input._compiled_.workflows)
	blocked := use.contexts & utils.to_set(contexts)
	count(blocked) > 0
	message := sprintf("%s: uses context value(s) in blocklist for project: %s", [use.job, concat(", ", blocked)])
}

# No other projects may use the contexts. Of a project that is not known nothing is said.
contexts_reserved_by_project_ids(projects, contexts) = {message |
	not data.meta.project_id in utils.to_set(projects)
	some use in _uses_of_contexts(input._compiled_.workflows)
	reserved := use.contexts & utils.to_set(contexts)
	count(reserved) > 0
	message := sprintf("%s: uses context value(s) reserved to other projects: %s", [use.job, concat(", ", reserved)])
}

# Jobs that run on other branches may not use the contexts. Filters stand in the configuration as it is written.
contexts_reserved_by_branches(branches, contexts) = _on_other_branches(branches, contexts) | _on_any_branch(branches, contexts)

_on_other_branches(branches, contexts) = {message |
	some use in _uses_of_contexts(input.workflows)
	reserved := use.contexts & utils.to_set(contexts)
	count(reserved) > 0
	others := utils.to_set(use.entry.filters.branches.only) - utils.to_set(branches)
	count(others) > 0
	message := sprintf(
		"%s: uses context value(s): %s - that cannot be used with branches: %s",
		[use.job, concat(", ", reserved), concat(", ", others)],
	)
}

_on_any_branch(branches, contexts) = {message |
	some use in _uses_of_contexts(input.workflows)
	reserved := use.contexts & utils.to_set(contexts)
	count(reserved) > 0
	not use.entry.filters.branches.only
	message := sprintf(
		"%s: uses context value(s): %s - that must be limited to branches: %s",
		[use.job, concat(", ", reserved), concat(", ", utils.to_set(branches))],
	)
}

# Only the projects that deploy may use the context with the keys of production.
package org

import data.circleci.config

policy_name["production_contexts"]

enable_hard["production_context"]

deploying_projects := {
	"1f0c3a52-8c1e-4b7e-9a55-0c2f6f1f7a10",
	"7d9be0e4-52a3-4f1b-8b5f-4f5a0f7c2d11",
}

production_context = config.contexts_reserved_by_project_ids(deploying_projects, ["production"])

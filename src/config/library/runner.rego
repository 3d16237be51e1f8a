package circleci.config

import future.keywords

# Which projects may use a resource class. Of a project that is not known nothing is said.
resource_class_by_project(projects_of_classes) = {message |
	some name, job in input._compiled_.jobs
	projects := projects_of_classes[job.resource_class]
	not data.meta.project_id in projects
	message := sprintf(
		"project is not allowed to use resource_class %q declared in job %q",
		[job.resource_class, name],
	)
}

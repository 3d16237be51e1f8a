# small: may this pod be admitted? Four rules over one admission request.
package k8s.admission

import rego.v1

default allow := false

allow if count(deny) == 0

deny contains msg if {
	input.request.kind.kind == "Pod"
	some container in input.request.object.spec.containers
	not startswith(container.image, "registry.corp.example/")
	msg := sprintf("container %s uses image %s from an untrusted registry", [container.name, container.image])
}

deny contains msg if {
	some container in input.request.object.spec.containers
	container.securityContext.privileged == true
	msg := sprintf("container %s is privileged", [container.name])
}

deny contains msg if {
	some container in input.request.object.spec.containers
	not container.resources.limits.memory
	msg := sprintf("container %s has no memory limit", [container.name])
}

deny contains msg if {
	present := {label | some label, _ in input.request.object.metadata.labels}
	missing := {"app", "team"} - present
	count(missing) > 0
	msg := concat(",", missing)
}

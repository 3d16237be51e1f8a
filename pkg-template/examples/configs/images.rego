# An image without a version is another one tomorrow: a warning, which is enforced on the branch that is released.
package org

policy_name["pinned_images"]

enable_rule["pinned_image"]

hard_fail["pinned_image"] {
	data.meta.vcs.branch == "main"
}

pinned_image[reason] {
	image := input._compiled_.jobs[job].docker[_].image
	endswith(image, ":latest")
	reason := sprintf("job %s runs in %s: name a version", [job, image])
}

test_latest_is_no_version {
	pinned_image["job build runs in node:latest: name a version"] with input as job_in("node:latest")
}

test_a_version_is_one {
	count(pinned_image) == 0 with input as job_in("node:20.18")
}

job_in(image) = {"_compiled_": {"jobs": {"build": {"docker": [{"image": image}]}}}}

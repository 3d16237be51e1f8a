package forgecroft.policy

import rego.v1

deny contains "the change calendar says no" if {
	answer := http.send({"method": "GET", "url": "https://calendar.example.com/freeze"})
	answer.body.frozen
}

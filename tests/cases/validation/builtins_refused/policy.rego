package forgecroft.policy

import rego.v1

deny contains "the name does not resolve" if not net.lookup_ip_addr("db.example.com")

deny contains "the environment says no" if opa.runtime().env.FREEZE == "1"

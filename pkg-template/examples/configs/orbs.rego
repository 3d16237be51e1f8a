# Orbs are those of the list, and of each the version that was read.
package org

import data.circleci.config

policy_name["known_orbs"]

enable_rule["known_orb"]

enable_rule["banned_orb_version"]

hard_fail["banned_orb_version"]

known_orb = config.orbs_allowlist({"circleci/node", "circleci/slack"})

banned_orb_version = config.ban_orbs_version(["circleci/slack@4.1.0"])

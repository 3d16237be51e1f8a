# The large machines of our own are for the project that pays for them.
package org

import data.circleci.config

policy_name["own_runners"]

enable_hard["own_runner"]

own_runner = config.resource_class_by_project({"webshop/large": {"7d9be0e4-52a3-4f1b-8b5f-4f5a0f7c2d11"}})

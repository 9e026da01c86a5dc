"""Every `hf` command, once."""

import commands_community
import commands_repos
import commands_running
from rows import run
from shell import all_commands

run(
    [*commands_repos.SCENARIOS, *commands_community.SCENARIOS, *commands_running.SCENARIOS],
    all_commands(),
)

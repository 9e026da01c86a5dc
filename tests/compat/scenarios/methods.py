"""Every public method of HfApi, once."""

import methods_access
import methods_community
import methods_files
import methods_repos
import methods_running
from rows import public_methods, run

run(
    [
        *methods_repos.SCENARIOS,
        *methods_files.SCENARIOS,
        *methods_community.SCENARIOS,
        *methods_access.SCENARIOS,
        *methods_running.SCENARIOS,
    ],
    public_methods(),
)

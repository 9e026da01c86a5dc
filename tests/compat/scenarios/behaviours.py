"""What the client does around its methods: exceptions, names, caches, folders, file systems."""

import behave_errors
import behave_files
from rows import run

run([*behave_errors.SCENARIOS, *behave_files.SCENARIOS], ())

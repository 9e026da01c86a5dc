"""`python -m openhearth` is the command `openhearth`."""

from openhearth.cli import main

main()

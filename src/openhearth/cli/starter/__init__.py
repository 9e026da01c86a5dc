"""Starter models and data sets: pinned Python packages, converted once, pushed as repos."""

from openhearth.cli.starter.command import starter
from openhearth.cli.starter.install import install_starter
from openhearth.cli.starter.recipe import Outcome, Progress

__all__ = ["Outcome", "Progress", "install_starter", "starter"]

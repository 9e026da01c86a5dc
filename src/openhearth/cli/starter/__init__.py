"""Starter models and data sets: pinned Python packages, converted once, pushed as repos."""

from openhearth.cli.starter.command import starter

__all__ = ["starter"]

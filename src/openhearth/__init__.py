"""Openhearth: the open, self-hosted home for machine-learning models, datasets and apps."""

__version__ = "0.1.0"

"""The people and the repos of this room's tests."""

from tests.repos.conftest import workshop

__all__ = ["workshop"]

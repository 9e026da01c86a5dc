"""The permanent people and their repos, as the tests of `repos/` know them."""

from tests.repos.conftest import workshop

__all__ = ["workshop"]

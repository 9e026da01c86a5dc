from tests.repos_pages.conftest import site

__all__ = ["site"]

"""Relative addresses in cards and other Markdown files, turned into addresses of this hub. Pure."""

from collections.abc import Callable
from posixpath import join, normpath
from urllib.parse import unquote

from openhearth.kit.names import RepoRef
from openhearth.urls import Urls


def rewrite_for(urls: Urls, ref: RepoRef, revision: str, folder: str = "") -> Callable[[str, bool], str]:
    """What `render_markdown` asks about relative addresses: pictures load, links lead to a file's page."""

    def rewrite(url: str, is_image: bool) -> str:
        path, mark, rest = _split(url)
        inside = normpath(join("/", folder, unquote(path)))[1:]
        spell = urls.resolve if is_image else urls.blob
        return (spell(ref, revision, inside) if inside else urls.tree(ref, revision)) + mark + rest

    return rewrite


def _split(url: str) -> tuple[str, str, str]:
    """The path of `url`, and its query or fragment with the mark that begins it."""
    position = min((url.index(mark) for mark in "?#" if mark in url), default=len(url))
    return url[:position], url[position : position + 1], url[position + 1 :]

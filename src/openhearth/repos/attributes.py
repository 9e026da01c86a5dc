"""Keeping .gitattributes true: a large file that no rule covers gets one, else git shows its pointer."""

import re
from collections.abc import Collection, Iterable

from openhearth.kit.recent import Recent
from openhearth.repos.content import Content
from openhearth.repos.first_commit import lfs_line
from openhearth.repos.records import AddFile, AddLargeFile, CommitRequest, Repo
from openhearth.storage.git import Change, LfsRules, PutFile

PATH = ".gitattributes"
# One large file of these says nothing about the next one.
_TEXT_ENDINGS = frozenset((
    "json", "jsonl", "txt", "md", "csv", "tsv", "yaml", "yml", "toml", "xml", "html", "svg", "py", "js",
    "ts", "ipynb", "sh", "cfg", "ini", "log", "jinja",
))  # fmt: skip
_PLAIN_ENDING = re.compile(r"[A-Za-z0-9_+-]{1,16}")


class LfsAttributes:
    """The .gitattributes of repos, parsed once for each version."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._known: Recent[str, LfsRules] = Recent(256)

    def rules(self, repo: Repo, commit: str) -> LfsRules:
        """Which paths go through LFS at `commit`."""
        entry = self._content.find_entry(repo, commit, PATH)
        if entry is None or entry.type != "file":
            return LfsRules()
        rules = self._known.find(entry.oid)
        if rules is None:
            rules = LfsRules.from_gitattributes(self._content.read_text(repo, commit, PATH))
            self._known.put(entry.oid, rules)
        return rules

    def changes(self, repo: Repo, head: str, request: CommitRequest) -> list[Change]:
        """The change to .gitattributes that the large files of `request` need, if any."""
        large = [op.path for op in request.operations if isinstance(op, AddLargeFile)]
        if not large:
            return []
        given = [op.content for op in request.operations if isinstance(op, AddFile) and op.path == PATH]
        if given:
            text = given[-1].decode("utf-8", "replace")
            rules = LfsRules.from_gitattributes(text)
        else:
            rules = self.rules(repo, head)
            text = ""
        if all(rules.matches(path) for path in large):
            return []
        text = text or self._content.read_text(repo, head, PATH)
        regular = [e.path for e in self._content.list_files(repo, head) if e.lfs is None]
        regular += [op.path for op in request.operations if isinstance(op, AddFile)]
        return [PutFile(PATH, rules_for(text, large, regular).encode())]


def rules_for(text: str, large: Iterable[str], regular: Collection[str]) -> str:
    """`text` with rules added for the `large` paths it does not cover.

    An ending gets a rule of its own (`*.bin`) unless it is one of text, or one of the `regular` files has it.
    """
    rules = LfsRules.from_gitattributes(text)
    taken = {_ending(path) for path in regular}
    added: dict[str, None] = {}
    for path in large:
        if rules.matches(path):
            continue
        ending = _ending(path)
        added[f"*.{ending}" if ending and ending not in taken else _quote(path)] = None
    if not added:
        return text
    return _ended(text) + "".join(map(lfs_line, added))


def _ending(path: str) -> str | None:
    name = path.rpartition("/")[2]
    stem, dot, ending = name.rpartition(".")
    usable = bool(dot and stem) and _PLAIN_ENDING.fullmatch(ending) and ending.lower() not in _TEXT_ENDINGS
    return ending if usable else None


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _quote(path: str) -> str:
    """A path as a pattern that matches it alone, quoted if need be (gitattributes(5))."""
    glob = re.sub(r"([*?\[\\])", r"\\\1", path)
    glob = glob if "/" in glob else f"/{glob}"
    if re.search(r'[\s"#!]', glob):
        return '"' + glob.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return glob

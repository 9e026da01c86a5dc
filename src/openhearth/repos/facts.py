"""What the files on `main` say, read into rows whenever `main` moves: card, tags, config, tensors, storage.

Rows here repeat git and can be made again from it at any time (`reindex`). A file that cannot be read leaves
its facts out; it never stops a commit that is made already.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from openhearth import cards
from openhearth.cards import Card, SafetensorsHeader, ShownByFiles
from openhearth.db import Database
from openhearth.errors import HubError, Invalid
from openhearth.events import RefUpdated
from openhearth.kit.architectures import infer_task
from openhearth.kit.clock import Clock
from openhearth.kit.cursors import Page, decode_cursor, encode_cursor
from openhearth.kit.foreign_json import load_json
from openhearth.repos import queries, relation_queries
from openhearth.repos.content import Content
from openhearth.repos.eval_results import read_eval_results
from openhearth.repos.large_files import LargeFiles
from openhearth.repos.records import MAIN, Entry, Facts, LargeFile, Repo
from openhearth.storage import Storage

JSON_MAX_BYTES = 8 << 20
SHARDS_MAX = 256
PARAMETERS_MAX = 10**18
_NAME_MAX_LENGTH = 200
DESCRIPTION_MAX_LENGTH = 500
_GGUF_TRIED = 2
_LINKS_MAX = 100
_INDEX = "model.safetensors.index.json"
_SINGLE_FILES = ("model.safetensors", "adapter_model.safetensors", "diffusion_pytorch_model.safetensors")
_CONFIG_KEYS = ("architectures", "model_type", "quantization_config", "auto_map", "num_labels")
_TOKENIZER_KEYS = ("bos_token", "eos_token", "pad_token", "unk_token", "cls_token", "sep_token", "mask_token",
                   "chat_template", "use_default_system_prompt")  # fmt: skip
_HEADING_OR_HTML = re.compile(r"^\s*(#|<|!\[|\[!\[|```|---|\||>)")


@dataclass(frozen=True)
class _Files:
    """The files of one commit, by path, and how to read them."""

    content: Content
    repo: Repo
    commit: str
    entries: Mapping[str, Entry]

    def read(self, path: str, limit_bytes: int) -> bytes | None:
        entry = self.entries.get(path)
        if entry is None or entry.size_bytes > limit_bytes:
            return None
        try:
            return self.content.read_span(self.repo, entry, 0, entry.size_bytes)
        except HubError:  # a pointer without content
            return None

    def read_json(self, path: str) -> dict[str, Any]:
        try:
            value = load_json(self.read(path, JSON_MAX_BYTES) or b"{}")
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}


class FactReader:
    def __init__(
        self, *, db: Database, storage: Storage, clock: Clock, content: Content, large_files: LargeFiles
    ) -> None:
        self._db = db
        self._git = storage.git
        self._clock = clock
        self._content = content
        self._large_files = large_files

    def get(self, repo: Repo, head: str | None = None) -> Facts:
        """The facts of a repo; read anew if they are not those of `head`, as after a crash."""
        with self._db.read() as rows:
            facts = queries.find_facts(rows, repo.key)
        if head is not None and facts.commit != head:
            return self._read_into_rows(repo, head)
        return facts

    def on_ref_updated(self, event: RefUpdated) -> None:
        if event.ref == f"refs/heads/{MAIN}":
            self.reindex(event.repo_key)

    def reindex(self, key: str) -> None:
        """Make the rows about a repo's content again from git."""
        with self._db.read() as rows:
            repo = queries.find_repo_by_key(rows, key)
        head = self._git.find_ref(key, f"refs/heads/{MAIN}") if repo is not None else None
        if repo is not None and head is not None:
            self._read_into_rows(repo, head)

    def reindex_all(self) -> int:
        """`reindex` every repo; gives how many there are."""
        with self._db.read() as rows:
            keys = queries.list_keys(rows)
        for key in keys:
            self.reindex(key)
        return len(keys)

    def _read_into_rows(self, repo: Repo, head: str) -> Facts:
        entries = {entry.path: entry for entry in self._content.list_files(repo, head)}
        files = _Files(self._content, repo, head, entries)
        card = cards.read_card(files.read("README.md", cards.CARD_MAX_BYTES) or b"")
        modified = self._content.get_commit(repo, head).date
        large = [LargeFile(e.lfs.sha256, e.path, e.size_bytes, modified) for e in entries.values() if e.lfs]
        held = self._large_files.find_uploaded(repo.key, {file.sha256 for file in large}, None)
        large = [file for file in large if file.sha256 in held]  # others were removed for good
        small_bytes = sum(entry.size_bytes for entry in entries.values() if entry.lfs is None)
        facts = _facts(repo, files, card)
        sdk = card.text("sdk") if repo.ref.type == "space" else None
        with self._db.write() as rows:
            if queries.find_repo_by_key(rows, repo.key) is None:
                return facts  # deleted meanwhile
            queries.add_large_files(rows, repo.key, large)
            used_bytes = queries.sum_large_files(rows, repo.key) + small_bytes
            facts = replace(facts, used_storage_bytes=used_bytes)
            queries.replace_facts(rows, repo.key, facts)
            relation_queries.replace_links(rows, repo.key, _links(repo, card))
            queries.touch(rows, repo.key, last_modified=modified, sdk=sdk or repo.sdk)
        return facts

    def list_large_files(self, repo: Repo, *, limit: int, cursor: str | None = None) -> Page[LargeFile]:
        """Every large file the repo ever committed, in the order of their sha256."""
        after = str(decode_cursor(cursor, 1)[0]) if cursor else ""
        with self._db.read() as rows:
            found = queries.list_large_files(rows, repo.key, after=after, limit=limit + 1)
        more = encode_cursor(found[limit - 1].sha256) if len(found) > limit else None
        return Page(found[:limit], more)

    def read_safetensors(self, repo: Repo, commit: str, path: str) -> SafetensorsHeader:
        """The header of a safetensors file. Raises EntryNotFound, or Invalid if it is none."""
        return _read_header(self._content, repo, self._content.get_file(repo, commit, path))


def _read_header(content: Content, repo: Repo, entry: Entry) -> SafetensorsHeader:
    return cards.read_safetensors_header(lambda start, length: content.read_span(repo, entry, start, length))


def _facts(repo: Repo, files: _Files, card: Card) -> Facts:
    """Everything but the storage use, which rows know."""
    config = files.read_json("config.json") if repo.ref.type == "model" else {}
    shown = _shown(repo, files, config)
    is_model = repo.ref.type == "model"
    tensors = _read_tensors(files) if is_model else None
    gguf = _read_gguf(files) if is_model else None
    return Facts(
        commit=files.commit,
        card=card.metadata,
        card_problem=card.problem,
        description=_description(card),
        tags=cards.tags_of(card, repo.ref.type, shown),
        pipeline_tag=_name(cards.pipeline_tag_of(card, shown)) if repo.ref.type == "model" else None,
        library_name=_name(cards.library_of(card, shown)) if repo.ref.type == "model" else None,
        config=_config(files, config) if repo.ref.type == "model" else None,
        transformers_info=_transformers_info(files, config, shown),
        safetensors=tensors,
        parameters=(tensors or gguf or {}).get("total"),
        gguf=gguf,
        citation=cards.find_entry(card.body),
        eval_results=read_eval_results(files.entries, files.read) if is_model else None,
    )


def _name(text: str | None) -> str | None:
    return text[:_NAME_MAX_LENGTH] if text else None


def _shown(repo: Repo, files: _Files, config: Mapping[str, Any]) -> ShownByFiles:
    if repo.ref.type != "model":
        return ShownByFiles(sdk=repo.sdk)
    model_type = config.get("model_type")
    return ShownByFiles(
        library=cards.infer_library(config, files.entries.keys()),
        pipeline_tag=infer_task(config, files.entries.keys())[0],
        frameworks=tuple(cards.list_frameworks(files.entries.keys())),
        model_type=model_type if isinstance(model_type, str) else None,
    )


def _config(files: _Files, config: Mapping[str, Any]) -> dict[str, Any] | None:
    """The part of the configuration that clients and pages show."""
    found = {key: config[key] for key in _CONFIG_KEYS if key in config}
    tokenizer = files.read_json("tokenizer_config.json")
    if kept := {key: tokenizer[key] for key in _TOKENIZER_KEYS if key in tokenizer}:
        found["tokenizer_config"] = kept
    if (template := files.read("chat_template.jinja", 1 << 20)) is not None:
        found["chat_template_jinja"] = template.decode("utf-8", "replace")
    if adapter := files.read_json("adapter_config.json"):
        found["peft"] = {k: adapter.get(k) for k in ("base_model_name_or_path", "task_type", "peft_type")}
    if pipeline_class := files.read_json("model_index.json").get("_class_name"):
        found["diffusers"] = {"_class_name": pipeline_class}
    return found or None


def _transformers_info(
    files: _Files, config: Mapping[str, Any], shown: ShownByFiles
) -> dict[str, Any] | None:
    task, auto_model = infer_task(config, files.entries.keys())
    if shown.library not in ("transformers", "sentence-transformers") or auto_model is None:
        return None
    info = {"auto_model": auto_model, "pipeline_tag": task}
    processor = cards.infer_processor(files.entries.keys())
    return {**info, "processor": processor} if processor else info


def _read_tensors(files: _Files) -> dict[str, Any] | None:
    """Parameters by dtype over the shards of the model; None if it has no safetensors that can be read."""
    names = _list_shards(files)
    if not names:
        return None
    try:
        headers = [_read_header(files.content, files.repo, files.entries[name]) for name in names]
    except HubError:
        return None
    by_dtype = cards.count_parameters(headers)
    if sum(by_dtype.values()) > PARAMETERS_MAX:
        return None  # shapes can claim anything
    return {"parameters": by_dtype, "total": sum(by_dtype.values())}


def _read_gguf(files: _Files) -> dict[str, Any] | None:
    """The header of the first GGUF file that can be read; of a model in parts, the first part has it."""
    for name in sorted(path for path in files.entries if path.endswith(".gguf"))[:_GGUF_TRIED]:
        entry = files.entries[name]
        try:
            return cards.read_gguf_header(
                lambda start, length, entry=entry: files.content.read_span(files.repo, entry, start, length)  # type: ignore[misc]
            )
        except HubError:
            continue
    return None


def _links(repo: Repo, card: Card) -> list[tuple[str, str]]:
    """What a Space says that it uses."""
    if repo.ref.type != "space":
        return []
    return [(kind, name) for kind in ("model", "dataset") for name in card.texts(f"{kind}s")[:_LINKS_MAX]]


def _list_shards(files: _Files) -> list[str]:
    for name in _SINGLE_FILES:
        if name in files.entries:
            return [name]
    weight_map = files.read_json(_INDEX).get("weight_map")
    shards = {s for s in weight_map.values() if isinstance(s, str)} if isinstance(weight_map, dict) else set()
    return sorted(shards & files.entries.keys())[:SHARDS_MAX]


def _description(card: Card) -> str | None:
    """The first plain paragraph of a card."""
    for paragraph in re.split(r"\n\s*\n", card.body[:20_000]):
        if paragraph.strip() and not _HEADING_OR_HTML.match(paragraph):
            return " ".join(paragraph.split())[:DESCRIPTION_MAX_LENGTH]
    return None


def read_index(content: Content, repo: Repo, commit: str, path: str) -> tuple[dict[str, Any], Sequence[str]]:
    """The JSON of a safetensors index and the shards it names. Raises EntryNotFound, Invalid, TooLarge."""
    try:
        index = load_json(content.read_file(repo, commit, path, limit_bytes=JSON_MAX_BYTES))
        shards = sorted({str(shard) for shard in index["weight_map"].values()})
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Invalid(f"{path}: is no safetensors index (JSON with a weight_map).") from None
    if len(shards) > SHARDS_MAX:
        raise Invalid(f"{path}: names {len(shards)} shards; at most {SHARDS_MAX} are read.")
    folder = path.rpartition("/")[0]
    return index, [f"{folder}/{shard}" if folder else shard for shard in shards]

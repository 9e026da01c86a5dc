"""Files: up, down, trees, metadata, verification."""

from __future__ import annotations

import json
import os
import struct
import tempfile
from pathlib import Path

from huggingface_hub import hf_hub_url
from huggingface_hub.errors import EntryNotFoundError, RevisionNotFoundError
from rows import IS_1X, api, fresh, nobody, raises, row


def safetensors(**tensors: int) -> bytes:
    """A real file of float32 vectors of zeros: name to length."""
    header, position = {}, 0
    for name, length in tensors.items():
        header[name] = {"dtype": "F32", "shape": [length], "data_offsets": [position, position + 4 * length]}
        position += 4 * length
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + bytes(position)


def uploads() -> None:
    repo = fresh("files")
    folder = Path(tempfile.mkdtemp())
    (folder / "sub").mkdir()
    (folder / "sub" / "x.bin").write_bytes(os.urandom(150_000))
    (folder / "keep.txt").write_text("keep")
    (folder / "skip.log").write_text("skip")
    with row("upload_file"):
        made = api.upload_file(path_or_fileobj=b"hello", path_in_repo="a b/hello.txt", repo_id=repo)
        assert made.oid == api.model_info(repo).sha
        future = api.upload_file(
            path_or_fileobj=b"2", path_in_repo="later.txt", repo_id=repo, run_as_future=True
        )
        assert future.result().oid == api.model_info(repo).sha
    with row("upload_folder"):
        api.upload_folder(repo_id=repo, folder_path=folder, ignore_patterns="*.log", path_in_repo="up")
        files = api.list_repo_files(repo)
        assert "up/sub/x.bin" in files and "up/skip.log" not in files, files
        api.upload_folder(repo_id=repo, folder_path=folder, path_in_repo="up", delete_patterns="keep.txt",
                          allow_patterns="sub/*")  # fmt: skip
        assert "up/keep.txt" not in api.list_repo_files(repo)
    if IS_1X:
        with row("upload_large_folder"):
            target = fresh("large-folder", repo_type="dataset")
            api.upload_large_folder(
                repo_id=target, repo_type="dataset", folder_path=folder, num_workers=2, print_report=False
            )
            assert "sub/x.bin" in api.list_repo_files(target, repo_type="dataset")
    with row("hf_hub_download"):
        path = Path(api.hf_hub_download(repo, "up/sub/x.bin"))
        assert path.read_bytes() == (folder / "sub" / "x.bin").read_bytes()
        assert path.parts[-4] == api.model_info(repo).sha
        planned = api.hf_hub_download(repo, "a b/hello.txt", dry_run=True)
        assert planned.file_size == 5 and planned.commit_hash, planned
        raises(EntryNotFoundError, api.hf_hub_download, repo, "never.txt")
        raises(RevisionNotFoundError, api.hf_hub_download, repo, "later.txt", revision="never")
        assert Path(nobody.hf_hub_download(repo, "later.txt", local_dir=folder / "l")).read_text() == "2"
    with row("snapshot_download"):
        there = Path(api.snapshot_download(repo, allow_patterns=["up/*", "*.txt"], ignore_patterns="later*"))
        found = {str(p.relative_to(there)) for p in there.rglob("*") if p.is_file()}
        assert found == {"up/sub/x.bin", "a b/hello.txt"}, found
        assert {plan.filename for plan in api.snapshot_download(repo, dry_run=True)} == set(
            api.list_repo_files(repo)
        )
    with row("verify_repo_checksums"):
        api.snapshot_download(repo)
        assert not api.verify_repo_checksums(repo).mismatches
        copy = Path(api.snapshot_download(repo, local_dir=folder / "copy"))
        (copy / "later.txt").write_text("tampered with")
        found = api.verify_repo_checksums(repo, local_dir=copy)
        assert [m["path"] if isinstance(m, dict) else m.path for m in found.mismatches] == ["later.txt"], (
            found
        )
    with row("get_hf_file_metadata"):
        meta = api.get_hf_file_metadata(url=hf_hub_url(repo, "up/sub/x.bin"))
        assert meta.size == 150_000 and meta.commit_hash == api.model_info(repo).sha and len(meta.etag) == 64


def trees() -> None:
    repo = fresh("tree")
    for path in ("a.txt", "deep/b.txt", "deep/er/c.txt"):
        api.upload_file(path_or_fileobj=path.encode(), path_in_repo=path, repo_id=repo)
    with row("list_repo_files"):
        assert api.list_repo_files(repo) == [".gitattributes", "a.txt", "deep/b.txt", "deep/er/c.txt"]
    with row("list_repo_tree"):
        flat = {entry.path for entry in api.list_repo_tree(repo)}
        assert flat == {".gitattributes", "a.txt", "deep"}, flat
        entries = {e.path: e for e in api.list_repo_tree(repo, "deep", recursive=True, expand=True)}
        assert set(entries) == {"deep/b.txt", "deep/er", "deep/er/c.txt"}
        assert entries["deep/b.txt"].last_commit.title, entries
        raises(EntryNotFoundError, lambda: list(api.list_repo_tree(repo, "never")))
    with row("get_paths_info"):
        found = {e.path: e for e in api.get_paths_info(repo, ["a.txt", "deep", "never"], expand=True)}
        assert set(found) == {"a.txt", "deep"} and found["a.txt"].size == 5
        assert found["a.txt"].last_commit is not None


def tensors() -> None:
    repo = fresh("tensors")
    one, two = safetensors(w=4), safetensors(v=6)
    weight_map = {"w": "model-00001-of-00002.safetensors", "v": "model-00002-of-00002.safetensors"}
    index = json.dumps({"metadata": {"total_size": 40}, "weight_map": weight_map})
    sharded = fresh("sharded")
    api.upload_file(path_or_fileobj=one, path_in_repo="model.safetensors", repo_id=repo)
    for path, content in (
        (weight_map["w"], one), (weight_map["v"], two), ("model.safetensors.index.json", index.encode())
    ):  # fmt: skip
        api.upload_file(path_or_fileobj=content, path_in_repo=path, repo_id=sharded)
    with row("parse_safetensors_file_metadata"):
        assert api.parse_safetensors_file_metadata(repo, "model.safetensors").parameter_count == {"F32": 4}
    with row("get_safetensors_metadata"):
        assert api.get_safetensors_metadata(repo).parameter_count == {"F32": 4}
        found = api.get_safetensors_metadata(sharded)
        assert found.sharded and found.parameter_count == {"F32": 10}, found
    if not IS_1X:
        with row("get_sharded_safetensors_metadata"):
            assert api.get_sharded_safetensors_metadata(sharded).parameter_count == {"F32": 10}


SCENARIOS = (uploads, trees, tensors)

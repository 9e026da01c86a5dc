"""Files as people have them: names that hurt, snapshots, interrupted transfers, folders that commit themselves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from broken_line import BrokenLine
from huggingface_hub import CommitOperationAdd, CommitScheduler, HfApi, HfFileSystem, constants
from rows import IS_1X, TOKENS, api, fresh, row

HURTING = (
    "with space.txt", "hash#tag.txt", "quest?ion.txt", "per%2Fcent%.txt", "quote'\"s.txt", "emoji-🔥.txt", "عربي.txt",
    "日本/語 文.txt", "amp&eq=plus+semi;.txt", "back`tick$.txt", "[brackets]{}.txt", "comma, tilde~!.txt", "-dash.txt",
    "at@sign.txt", "e\u0301 decomposed.txt", "a" * 251 + ".txt", "trailing .txt", "..two.dots", "colon:pipe|.txt",
)  # fmt: skip


def names() -> None:
    repo = fresh("names", repo_type="dataset")
    content = {name: f"content of {i}".encode() for i, name in enumerate(HURTING)}
    content |= {f"large/{name}.bin": os.urandom(20_000) for name in HURTING if len(name) < 200}
    with row("names that hurt: upload and list"):
        operations = [CommitOperationAdd(path, body) for path, body in content.items()]
        api.create_commit(repo, operations, commit_message="Names", repo_type="dataset")
        assert set(api.list_repo_files(repo, repo_type="dataset")) == {*content, ".gitattributes"}
        siblings = {s.rfilename for s in api.dataset_info(repo, files_metadata=True).siblings}
        assert siblings == {*content, ".gitattributes"}
    with row("names that hurt: paths-info and trees below them"):
        found = {
            e.path: e.size for e in api.get_paths_info(repo, list(content), repo_type="dataset", expand=True)
        }
        assert found == {path: len(body) for path, body in content.items()}
        assert [e.path for e in api.list_repo_tree(repo, "日本", repo_type="dataset")] == ["日本/語 文.txt"]
        assert all(api.file_exists(repo, path, repo_type="dataset") for path in HURTING)
    with row("names that hurt: download and snapshot"):
        for path, body in content.items():
            assert Path(api.hf_hub_download(repo, path, repo_type="dataset")).read_bytes() == body, path
        there = Path(api.snapshot_download(repo, repo_type="dataset"))
        assert {str(p.relative_to(there)) for p in there.rglob("*") if p.is_file()} == {
            *content,
            ".gitattributes",
        }
    with row("names that hurt: HfFileSystem"):
        fs = HfFileSystem(token=TOKENS["ada"])
        for path in HURTING:
            assert fs.info(f"datasets/{repo}/{path}")["size"] == len(content[path]), path
            assert fs.cat_file(f"datasets/{repo}/{path}") == content[path], path
    with row("names that hurt: delete"):
        api.delete_files(repo, ["large/*"], repo_type="dataset")
        for path in HURTING:
            api.delete_file(path, repo, repo_type="dataset")
        assert api.list_repo_files(repo, repo_type="dataset") == [".gitattributes"]


def snapshots() -> None:
    repo = fresh("snapshots")
    body = os.urandom(200_000)
    files = {"a.txt": b"a", "b/c.json": b"{}", "b/d.bin": body, "e.md": b"# e"}
    api.create_commit(repo, [CommitOperationAdd(*item) for item in files.items()], commit_message="Files")
    folder = Path(tempfile.mkdtemp())
    with row("a snapshot takes allow and ignore patterns"):
        got = Path(api.snapshot_download(repo, allow_patterns=["b/*", "*.md"], ignore_patterns="*.json"))
        assert {str(p.relative_to(got)) for p in got.rglob("*") if p.is_file()} == {"b/d.bin", "e.md"}
    with row("a dry run tells what would come, and takes nothing"):
        plan = {p.filename: (p.file_size, p.will_download) for p in api.snapshot_download(repo, dry_run=True)}
        assert plan["a.txt"] == (1, True) and plan["b/d.bin"] == (200_000, False), plan
    with row("a local folder remembers what it has and takes only what changed"):
        api.snapshot_download(repo, local_dir=folder)
        meta = folder / ".cache" / "huggingface" / "download"
        assert (meta / "b" / "d.bin.metadata").read_text().startswith(api.model_info(repo).sha)
        untouched = (folder / "b" / "d.bin").stat().st_mtime_ns
        api.upload_file(path_or_fileobj=b"changed", path_in_repo="a.txt", repo_id=repo)
        api.snapshot_download(repo, local_dir=folder)
        assert (folder / "a.txt").read_bytes() == b"changed"
        assert (folder / "b" / "d.bin").stat().st_mtime_ns == untouched
    with row("an interrupted download goes on where it stopped"):
        was = constants.HF_HUB_DISABLE_XET, constants.DOWNLOAD_CHUNK_SIZE
        constants.HF_HUB_DISABLE_XET, constants.DOWNLOAD_CHUNK_SIZE = (
            True,
            50_000,
        )  # plain HTTP, kept as it comes
        try:
            resume(repo, body, folder / "cache")
        finally:
            constants.HF_HUB_DISABLE_XET, constants.DOWNLOAD_CHUNK_SIZE = was
    with row("an old revision stays what it was"):
        first = api.list_repo_commits(repo)[1].commit_id
        assert Path(api.hf_hub_download(repo, "a.txt", revision=first)).read_bytes() == b"a"


def resume(repo: str, body: bytes, cache: Path) -> None:
    """The connection breaks after half of the file: only the rest may travel again."""
    with BrokenLine(cut_after=150_000) as line:
        path = Path(
            HfApi(endpoint=line.url, token=TOKENS["ada"]).hf_hub_download(repo, "b/d.bin", cache_dir=cache)
        )
    assert path.read_bytes() == body
    assert line.ranges == [None, "bytes=150000-"], line.ranges


UPLOAD = """
import sys
from huggingface_hub import HfApi
HfApi().{verb}(repo_id=sys.argv[1], folder_path=sys.argv[2], repo_type="dataset"{more})
"""


def interrupted_uploads() -> None:
    verb, more = (
        ("upload_large_folder", ", num_workers=2, print_report=False") if IS_1X else ("upload_folder", "")
    )
    with row("an upload of a folder that was killed is repeated to the end"):
        repo, folder = fresh("killed", repo_type="dataset"), Path(tempfile.mkdtemp())
        for i in range(60):
            (folder / f"{i}.bin").write_bytes(os.urandom(60_000))
        command = [sys.executable, "-c", UPLOAD.format(verb=verb, more=more), repo, str(folder)]
        first = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(1.2)
        first.send_signal(signal.SIGKILL)
        first.wait()
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        got = Path(api.snapshot_download(repo, repo_type="dataset"))
        assert all((got / p.name).read_bytes() == p.read_bytes() for p in folder.glob("*.bin"))
    with row("a CommitScheduler commits what is added to its folder"):
        repo, folder = fresh("scheduled", repo_type="dataset"), Path(tempfile.mkdtemp())
        with CommitScheduler(
            repo_id=repo, repo_type="dataset", folder_path=folder, every=60, hf_api=api
        ) as scheduler:
            (folder / "log.jsonl").write_text('{"a": 1}\n')
            scheduler.trigger().result()
            (folder / "log.jsonl").write_text('{"a": 1}\n{"a": 2}\n')
            scheduler.trigger().result()
        assert len(api.list_repo_commits(repo, repo_type="dataset")) >= 3
        assert api.get_paths_info(repo, "log.jsonl", repo_type="dataset")[0].size == 18


def filesystem() -> None:
    repo = fresh("fs")
    fs = HfFileSystem(token=TOKENS["ada"], skip_instance_cache=True)
    body = os.urandom(300_000)
    with row("HfFileSystem: open for writing and reading, ranges"):
        with fs.open(f"{repo}/data/b.bin", "wb") as file:
            file.write(body)
        with fs.open(f"{repo}/data/t.txt", "w") as file:
            file.write("first\n")
        with fs.open(f"{repo}/data/t.txt", "w") as file:
            file.write("first\nsecond\n")
        assert fs.read_text(f"{repo}/data/t.txt") == "first\nsecond\n"
        with fs.open(f"hf://{repo}/data/b.bin", "rb", block_size=4096) as file:
            file.seek(-100, 2)
            assert file.read() == body[-100:]
            file.seek(5)
            assert file.read(7) == body[5:12]
    with row("HfFileSystem: info, isfile, isdir, exists, size, checksum, modified"):
        info = fs.info(f"{repo}/data/b.bin")
        assert info["type"] == "file" and info["size"] == len(body) == fs.size(f"{repo}/data/b.bin")
        assert fs.isfile(f"{repo}/data/b.bin") and not fs.isfile(f"{repo}/data") and fs.isdir(f"{repo}/data")
        assert fs.exists(repo) and not fs.exists(f"{repo}/never") and not fs.exists("ada/never-at-all")
        assert fs.modified(f"{repo}/data/b.bin").year >= 2024 and fs.checksum(f"{repo}/data/b.bin")
    with row("HfFileSystem: ls, find, glob, walk"):
        fs.pipe(f"{repo}/data/deep/x.csv", b"1,2\n")
        assert fs.ls(f"{repo}/data", detail=False) == [f"{repo}/data/{n}" for n in ("b.bin", "deep", "t.txt")]
        assert fs.find(f"{repo}/data", withdirs=False)[-2:] == [
            f"{repo}/data/deep/x.csv",
            f"{repo}/data/t.txt",
        ]
        assert fs.glob(f"{repo}/**/*.csv") == [f"{repo}/data/deep/x.csv"]
        walked = {
            folder: (sorted(folders), sorted(names)) for folder, folders, names in fs.walk(f"{repo}/data")
        }
        assert walked[f"{repo}/data"] == (["deep"], ["b.bin", "t.txt"])
        raises_missing(fs, f"{repo}/never")
    with row("HfFileSystem: cp, mv, rm, touch"):
        fs.cp_file(f"{repo}/data/b.bin", f"{repo}/copy.bin")
        assert fs.cat_file(f"{repo}/copy.bin") == body
        fs.mv(f"{repo}/copy.bin", f"{repo}/moved.bin")
        assert fs.exists(f"{repo}/moved.bin") and not fs.exists(f"{repo}/copy.bin")
        fs.touch(f"{repo}/empty.txt")
        assert fs.size(f"{repo}/empty.txt") == 0
        fs.rm(f"{repo}/data", recursive=True)
        assert not fs.exists(f"{repo}/data")
    with row("HfFileSystem: revisions with slashes, and pull requests"):
        api.create_branch(repo, branch="feature/x")
        fs.pipe(f"{repo}@feature%2Fx/only.txt", b"there")
        assert fs.cat_file(f"hf://{repo}@feature%2Fx/only.txt") == b"there" and not fs.exists(
            f"{repo}/only.txt"
        )
        assert fs.ls(f"{repo}", revision="feature/x", detail=False, refresh=True)
        pull = api.create_pull_request(repo, title="By file system")
        with fs.open(f"{repo}@refs/pr/{pull.num}/pr.txt", "wb") as file:
            file.write(b"pr")
        assert fs.cat_file(f"{repo}@refs/pr/{pull.num}/pr.txt") == b"pr"


def raises_missing(fs: HfFileSystem, path: str) -> None:
    try:
        fs.ls(path)
    except FileNotFoundError:
        return
    raise AssertionError(f"{path} was listed")


SCENARIOS = (names, snapshots, interrupted_uploads, filesystem)

"""History as a program reads it: the versions of a file, blame, a comparison that `git apply` takes, sizes of folders."""

import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
from huggingface_hub.utils import build_hf_headers, get_session, hf_raise_for_status

repo = f"ada/history-{sys.argv[1]}"
api = HfApi()
api.create_repo(repo)
name = "notes é #1.md"
first = api.create_commit(repo, [CommitOperationAdd("old.md", b"one\ntwo\nthree\n")], commit_message="Begin")
api.create_commit(
    repo,
    [CommitOperationDelete("old.md"), CommitOperationAdd(name, b"one\n2\nthree\n")],
    commit_message="Rename and change",
)


def get(path: str):
    answer = get_session().get(f"{api.endpoint}/api/models/{repo}/{path}", headers=build_hf_headers())
    hf_raise_for_status(answer)
    return answer


commits = api.list_repo_commits(repo)
assert [c.title for c in commits][:2] == ["Rename and change", "Begin"]
blame = get(f"blame/main/{quote(name)}").json()
assert [run["lines"] for run in blame["lines"]] == [["one"], ["2"], ["three"]]
assert blame["lines"][0]["commit"] == first.oid
assert get(f"commits/main/{quote(name)}").json()[0]["path"] == name
assert get("treesize/main").json()["size"] == sum(f.size for f in api.list_repo_tree(repo, recursive=True))
patch = get(f"compare/{first.oid}..main").text
with tempfile.TemporaryDirectory() as folder:
    for command in ("init -q .", "config core.autocrlf false"):
        subprocess.run(["git", *command.split()], cwd=folder, check=True)
    (Path(folder) / "old.md").write_bytes(b"one\ntwo\nthree\n")
    subprocess.run(["git", "apply", "-"], input=patch.encode(), cwd=folder, check=True)
    assert (Path(folder) / name).read_bytes() == b"one\n2\nthree\n"

"""A folder of many files in several folders, and all of it back again.

huggingface_hub 2.x has no `upload_large_folder` any more: `upload_folder` took its place.
"""

import os
import sys
import tempfile
from pathlib import Path

from huggingface_hub import HfApi, snapshot_download

repo = f"ada/many-files-{sys.argv[1]}"
api = HfApi()
api.create_repo(repo, repo_type="dataset")
with tempfile.TemporaryDirectory() as name:
    folder = Path(name) / "up"
    for i in range(40):
        path = folder / f"part-{i % 4}" / f"{i}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(100_000 + i))
        path.with_suffix(".txt").write_text(f"line {i}\n" * i)
    api.upload_folder(repo_id=repo, folder_path=folder, repo_type="dataset")
    copy = Path(snapshot_download(repo, repo_type="dataset", local_dir=Path(name) / "down"))
    ours = {
        p.relative_to(folder): p.read_bytes()
        for p in folder.rglob("*")
        if p.is_file() and ".cache" not in p.parts
    }
    theirs = {
        p.relative_to(copy): p.read_bytes()
        for p in copy.rglob("*")
        if p.is_file() and ".cache" not in p.parts
    }
    theirs.pop(Path(".gitattributes"))
    assert ours == theirs
    assert len(ours) == 80

"""HfFileSystem: reads, ranges, globs, writes, copies and removes, as datasets and pandas use it."""

import os
import sys

from huggingface_hub import HfApi, HfFileSystem

repo = f"ada/fs-{sys.argv[1]}"
HfApi().create_repo(repo)
fs = HfFileSystem()
body = os.urandom(2_500_000)
with fs.open(f"{repo}/data/blob.bin", "wb") as file:
    file.write(body)
with fs.open(f"{repo}/data/text.txt", "w") as file:
    file.write("first\nsecond\n")
assert fs.ls(f"{repo}/data", detail=False) == [f"{repo}/data/blob.bin", f"{repo}/data/text.txt"]
assert fs.info(f"{repo}/data/blob.bin")["size"] == len(body)
assert fs.isdir(f"{repo}/data")
assert fs.exists(f"{repo}/data/text.txt")
assert not fs.exists(f"{repo}/data/none.txt")
assert fs.glob(f"{repo}/**/*.txt") == [f"{repo}/data/text.txt"]
with fs.open(f"{repo}/data/blob.bin", "rb") as file:
    file.seek(1_000_000)
    assert file.read(77) == body[1_000_000:1_000_077]
    file.seek(-10, 2)
    assert file.read() == body[-10:]
assert fs.read_text(f"{repo}@main/data/text.txt") == "first\nsecond\n"
fs.cp_file(f"{repo}/data/text.txt", f"{repo}/data/copy.txt")
assert fs.cat_file(f"{repo}/data/copy.txt") == b"first\nsecond\n"
fs.rm(f"{repo}/data/copy.txt")
assert not fs.exists(f"{repo}/data/copy.txt")
try:
    fs.open(f"{repo}/nothing-here", "rb").read()
except FileNotFoundError:
    pass
else:
    raise AssertionError("a missing file was opened")

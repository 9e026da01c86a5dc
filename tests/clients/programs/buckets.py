"""Buckets, by every method of huggingface_hub that speaks of them."""

import os
from pathlib import Path

import pytest
from huggingface_hub import HfApi, HfFileSystem
from huggingface_hub.errors import (
    BucketBatchError,
    BucketNotFoundError,
    EntryNotFoundError,
    HfHubHTTPError,
)
from huggingface_hub.utils import get_session

api = HfApi()
endpoint = os.environ["HF_ENDPOINT"]

# Made, found, listed
url = api.create_bucket("first-bucket")
assert url.bucket_id == "ada/first-bucket"
assert url.url == f"{endpoint}/buckets/ada/first-bucket"
bucket = url.bucket_id
with pytest.raises(HfHubHTTPError) as refused:
    api.create_bucket(bucket)
assert refused.value.response.status_code == 409
assert api.create_bucket("ada/First-Bucket", exist_ok=True).bucket_id == bucket
info = api.bucket_info(bucket)
assert (info.id, info.private, info.size, info.total_files) == (bucket, False, 0, 0)
assert api.bucket_info(api.create_bucket("hidden-bucket", private=True).bucket_id).private
assert api.bucket_info(api.create_bucket("forge/shared", visibility="public").bucket_id).private is False
assert {"ada/first-bucket", "ada/hidden-bucket"} <= {b.id for b in api.list_buckets()}
assert [b.id for b in api.list_buckets(search="HIDDEN")] == ["ada/hidden-bucket"]
nobody = HfApi(token=False)
assert [b.id for b in nobody.list_buckets(namespace="ada")] == ["ada/first-bucket"]
with pytest.raises(BucketNotFoundError):
    nobody.bucket_info("ada/hidden-bucket")
for call in (api.bucket_info, api.delete_bucket):
    with pytest.raises(HfHubHTTPError) as refused:
        call("first-bucket")
    assert refused.value.response.status_code == 404
with pytest.raises(BucketNotFoundError):
    api.bucket_info("ada/none")
api.delete_bucket("ada/none", missing_ok=True)

# Filled and listed
big = os.urandom(3_000_000)
Path("big.bin").write_bytes(big)
os.utime("big.bin", (1_700_000_000, 1_700_000_000))
api.batch_bucket_files(
    bucket,
    add=[
        ("big.bin", "weights/big.bin"),
        (b"hello", "file.txt"),
        (b"", "empty.txt"),
        (b"nested", "sub/nested.txt"),
        (b"deep", "sub/deep/file.txt"),
        (b"beside", "sub.txt"),
        (b"hurts", "names/a b#c?d%2F'\"é🔥.txt"),
    ],
)
everything = {entry.path: entry for entry in api.list_bucket_tree(bucket)}
assert sorted(everything) == sorted(
    [
        "weights/big.bin", "file.txt", "empty.txt", "sub/nested.txt", "sub/deep/file.txt", "sub.txt",
        "names/a b#c?d%2F'\"é🔥.txt",
    ]
)  # fmt: skip
assert all(entry.type == "file" for entry in everything.values())
assert everything["weights/big.bin"].mtime.timestamp() == 1_700_000_000
assert everything["weights/big.bin"].uploaded_at > everything["weights/big.bin"].mtime
assert set(everything) == {e.path for e in api.list_bucket_tree(bucket, recursive=True)}
top = {(e.type, e.path) for e in api.list_bucket_tree(bucket, recursive=False)}
assert ("directory", "sub") in top
assert ("file", "file.txt") in top
assert ("file", "sub/nested.txt") not in top
assert {e.path for e in api.list_bucket_tree(bucket, "sub/")} == {"sub/nested.txt", "sub/deep/file.txt"}
assert {e.path for e in api.list_bucket_tree(bucket, "sub")} == {
    "sub/nested.txt",
    "sub/deep/file.txt",
    "sub.txt",
}
level = {(e.type, e.path) for e in api.list_bucket_tree(bucket, "sub", recursive=False)}
assert level >= {("file", "sub/nested.txt"), ("directory", "sub/deep")}
info = api.bucket_info(bucket)
assert (info.total_files, info.size) == (7, 3_000_000 + 5 + 6 + 4 + 6 + 5)
found = list(api.get_bucket_paths_info(bucket, ["file.txt", "none", "sub"]))
assert [f.path for f in found] == ["file.txt"]

# Read
metadata = api.get_bucket_file_metadata(bucket, "weights/big.bin")
assert metadata.size == 3_000_000
assert metadata.xet_file_data.file_hash == everything["weights/big.bin"].xet_hash
hard = "names/a b#c?d%2F'\"é🔥.txt"
api.download_bucket_files(
    bucket,
    [("weights/big.bin", "back.bin"), ("empty.txt", "empty"), (hard, "hard"), (everything["file.txt"], "f")],
)
assert Path("back.bin").read_bytes() == big
assert Path("empty").read_bytes() == b""
assert Path("hard").read_bytes() == b"hurts"
assert Path("f").read_bytes() == b"hello"
with pytest.raises(EntryNotFoundError):
    api.download_bucket_files(bucket, [("none", "x"), ("file.txt", "y")], raise_on_missing_files=True)
plain = get_session().get(
    f"{endpoint}/buckets/{bucket}/resolve/weights/big.bin", headers={"Range": "bytes=1000000-1999999"}
)
assert plain.status_code == 206
assert plain.content == big[1_000_000:2_000_000]

# Overwritten, copied, deleted
api.batch_bucket_files(bucket, add=[(b"hello again", "file.txt")])
assert api.bucket_info(bucket).total_files == 7
api.download_bucket_files(bucket, [("file.txt", "f")])
assert Path("f").read_bytes() == b"hello again"
api.copy_files(f"hf://buckets/{bucket}/sub/", "hf://buckets/forge/shared/kept/")
api.copy_files(f"hf://buckets/{bucket}/weights/big.bin", "hf://buckets/forge/shared/")
api.copy_files(f"hf://buckets/{bucket}/empty.txt", "hf://buckets/forge/shared/")
assert {e.path for e in api.list_bucket_tree("forge/shared")} == {
    "kept/nested.txt", "kept/deep/file.txt", "big.bin", "empty.txt",
}  # fmt: skip
api.download_bucket_files("forge/shared", [("big.bin", "copy.bin")])
assert Path("copy.bin").read_bytes() == big
repo = api.create_repo("ada/copied-to-bucket", private=True).repo_id
api.upload_file(repo_id=repo, path_or_fileobj="big.bin", path_in_repo="in/repo.bin")
api.upload_file(repo_id=repo, path_or_fileobj=b"small", path_in_repo="in/small.txt")
api.copy_files(f"hf://{repo}/in/", f"hf://buckets/{bucket}/from-repo/")
api.download_bucket_files(bucket, [("from-repo/repo.bin", "r.bin"), ("from-repo/small.txt", "s.txt")])
assert Path("r.bin").read_bytes() == big
assert Path("s.txt").read_bytes() == b"small"
with pytest.raises(BucketBatchError) as failed:
    api.batch_bucket_files(bucket, copy=[("bucket", bucket, "0" * 63 + "1", "copied.txt")])
assert failed.value.failures[0]["path"] == "copied.txt"
assert failed.value.response.status_code == 422
with pytest.raises(BucketBatchError) as failed:
    api.batch_bucket_files(
        bucket, add=[(b"good", "good.txt"), (b"bad", "../bad.txt")], delete=["sub.txt", "never-was.txt"]
    )
assert [f["path"] for f in failed.value.failures] == ["../bad.txt"]
paths = {e.path for e in api.list_bucket_tree(bucket)}
assert "good.txt" in paths
assert "sub.txt" not in paths

# Seen as a file system
fs = HfFileSystem(skip_instance_cache=True)
root = f"hf://buckets/{bucket}"
assert fs.exists(f"{root}/sub")
assert fs.isdir(f"{root}/sub")
assert not fs.exists(f"{root}/su")
assert {name.rpartition("/")[2] for name in fs.ls(f"{root}/sub", detail=False)} == {"nested.txt", "deep"}
assert len(fs.glob(f"{root}/**/*.txt")) == len([p for p in paths if p.endswith(".txt")])
with fs.open(f"{root}/weights/big.bin", "rb") as file:
    file.seek(2_999_990)
    assert file.read() == big[-10:]
with fs.open(f"{root}/written.txt", "w") as file:
    file.write("through fsspec")
assert fs.cat_file(f"{root}/written.txt") == b"through fsspec"
fs.cp_file(f"{root}/written.txt", f"{root}/again/written.txt")
fs.rm(f"{root}/again", recursive=True)
fs.rm_file(f"{root}/written.txt")
assert not fs.exists(f"{root}/written.txt", refresh=True)

# A thousand small files, there and back
folder = Path("many")
for number in range(1000):
    path = folder / f"{number % 10}" / f"{number}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"file number {number}")
api.sync_bucket("many", f"hf://buckets/{bucket}/many", quiet=True)
plan = api.sync_bucket("many", f"hf://buckets/{bucket}/many", quiet=True)
assert plan.summary()["uploads"] == 0
api.sync_bucket(f"hf://buckets/{bucket}/many", "many-back", quiet=True)
for number in range(1000):
    assert Path("many-back", f"{number % 10}", f"{number}.txt").read_text() == f"file number {number}"
(folder / "3" / "3.txt").unlink()
api.sync_bucket("many", f"hf://buckets/{bucket}/many", delete=True, quiet=True)
assert not list(api.get_bucket_paths_info(bucket, ["many/3/3.txt"]))

# Opened, moved, deleted
api.update_bucket_settings("ada/hidden-bucket", private=False)
assert not nobody.bucket_info("ada/hidden-bucket").private
api.move_bucket("ada/hidden-bucket", "forge/seen-bucket")
assert api.bucket_info("ada/hidden-bucket").id == "forge/seen-bucket"
for source, target in (("ada/none", "ada/none-2"), ("forge/seen-bucket", bucket)):
    with pytest.raises(HfHubHTTPError):
        api.move_bucket(source, target)
api.delete_bucket(bucket)
with pytest.raises(BucketNotFoundError):
    list(api.list_bucket_tree(bucket))
api.download_bucket_files("forge/shared", [("big.bin", "kept.bin")])
assert Path("kept.bin").read_bytes() == big

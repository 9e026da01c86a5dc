"""Records as the JSON that clients read (huggingface_hub _buckets.py: BucketInfo, BucketFile, BucketFolder)."""

from typing import Any

from openhearth.buckets.records import BatchDone, Bucket, BucketFile, BucketFolder
from openhearth.kit.clock import iso

Json = dict[str, Any]


def describe_bucket(bucket: Bucket) -> Json:
    return {
        "_id": bucket.key,
        "id": bucket.id,
        "author": bucket.ref.namespace,
        "private": bucket.is_private,
        "visibility": bucket.visibility,
        "createdAt": iso(bucket.created_at),
        "updatedAt": iso(bucket.updated_at),
        "size": bucket.size_bytes,
        "totalFiles": bucket.file_count,
    }


def describe_entry(entry: BucketFile | BucketFolder) -> Json:
    if isinstance(entry, BucketFolder):
        return {"type": "directory", "path": entry.path, "uploadedAt": iso(entry.uploaded_at)}
    return {
        "type": "file",
        "path": entry.path,
        "size": entry.size_bytes,
        "xetHash": entry.xet_hash,
        "mtime": iso(entry.mtime),
        "uploadedAt": iso(entry.uploaded_at),
    }


def describe_batch(done: BatchDone) -> Json:
    return {
        "success": not done.failures,
        "processed": done.processed,
        "succeeded": done.succeeded,
        "failed": [{"path": failure.path, "error": failure.error} for failure in done.failures],
    }

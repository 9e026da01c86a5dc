"""The chunk store: large files as deduplicated chunks, spoken to in the Xet protocol. See README.md."""

from openhearth.storage.xet.hashes import EMPTY_FILE_HASH, from_hex, to_hex
from openhearth.storage.xet.plan import FetchRange, Plan, PlannedTerm
from openhearth.storage.xet.plan_json import plan_v1, plan_v2, plans_batch
from openhearth.storage.xet.records import Collected, XetFile
from openhearth.storage.xet.shard import SHARD_MAX_BYTES
from openhearth.storage.xet.store import XetStore
from openhearth.storage.xet.tokens import IssuedToken, XetGrant, XetScope, XetSigner
from openhearth.storage.xet.xorb import BODY_MAX_BYTES as XORB_BODY_MAX_BYTES

EMPTY_FILE = to_hex(EMPTY_FILE_HASH)

__all__ = [
    "EMPTY_FILE",
    "SHARD_MAX_BYTES",
    "XORB_BODY_MAX_BYTES",
    "Collected",
    "FetchRange",
    "IssuedToken",
    "Plan",
    "PlannedTerm",
    "XetFile",
    "XetGrant",
    "XetScope",
    "XetSigner",
    "XetStore",
    "from_hex",
    "plan_v1",
    "plan_v2",
    "plans_batch",
    "to_hex",
]

"""What an uploader says of a file is checked after the commit, and a lie ends."""

import hashlib

from openhearth.repos.claim_check import ClaimCheck
from tests.repos.conftest import Workshop
from tests.storage.xet.conftest import Uploads


def test_a_true_sha256_is_kept_and_a_false_one_is_withdrawn_and_forgotten(workshop: Workshop) -> None:
    xet, large_files = workshop.hub.ground.storage.xet, workshop.repos.large_files
    repo = workshop.create()
    uploads = Uploads(xet)
    true = uploads.file(b"iron" * 1000, repo_key=repo.key)
    lie = hashlib.sha256(b"steel" * 1000).digest()
    false = uploads.file(b"slag" * 1000, sha256=lie, repo_key=repo.key)
    xet.link_files(repo.key, [true.file_hash_hex, false.file_hash_hex])
    assert set(large_files.find_xet_hashes(repo.key, [true.sha256, false.sha256])) == {
        true.sha256,
        false.sha256,
    }

    check = ClaimCheck(xet=xet, large_files=large_files)
    assert check.check_some() == 2
    assert set(large_files.find_xet_hashes(repo.key, [true.sha256, false.sha256])) == {true.sha256}
    assert check.check_some() == 0

"""Who signed a commit: what storage found, put beside the SSH keys that people added here."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from openhearth.repos.records import Repo
from openhearth.storage import Storage
from openhearth.storage.git import Signature

FindOwners = Callable[[Collection[str]], Mapping[str, str]]
"""Fingerprint → name of whoever added that SSH key here."""


@dataclass(frozen=True, kw_only=True)
class Signed:
    """`verified`: by the key of `signer`, whose account vouches for it. `unverified`: nobody here can say whose.

    `broken`: the signature does not belong to this content.
    """

    state: Literal["verified", "unverified", "broken"]
    signer: str | None
    sentence: str


class Signatures:
    def __init__(self, *, storage: Storage, find_owners: FindOwners) -> None:
        self._git = storage.git
        self._find_owners = find_owners

    def find(self, repo: Repo, commits: Sequence[str]) -> dict[str, Signed]:
        """Commit → who signed it, for those of `commits` that are signed."""
        read = {
            oid: found for oid in commits if (found := self._git.find_signature(repo.key, oid)) is not None
        }
        owners = self._find_owners({s.fingerprint for s in read.values() if s.fingerprint is not None})
        return {oid: _judge(signature, owners) for oid, signature in read.items()}


def _judge(signature: Signature, owners: Mapping[str, str]) -> Signed:
    fingerprint = signature.fingerprint
    owner = owners.get(fingerprint) if fingerprint else None
    if owner is not None:
        sentence = f"Signed with an SSH key that {owner} added to their account: {fingerprint}."
        return Signed(state="verified", signer=owner, sentence=sentence)
    if fingerprint is not None:
        sentence = f"Signed with an SSH key that nobody added here: {fingerprint}."
        return Signed(state="unverified", signer=None, sentence=sentence)
    if signature.kind == "ssh":
        sentence = "The SSH signature does not belong to this commit: one of them was changed."
        return Signed(state="broken", signer=None, sentence=sentence)
    name = {"openpgp": "an OpenPGP (GPG)", "x509": "an X.509"}[signature.kind]
    sentence = (
        f"Signed with {name} key; this hub checks SSH signatures only. Check it with git verify-commit."
    )
    return Signed(state="unverified", signer=None, sentence=sentence)

"""Signatures as the real git makes them, and what is made of changed and foreign ones."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from openhearth.storage.git import Signature
from tests.storage.git.test_blame import Bench


def key_pair(folder: Path, *options: str) -> tuple[Path, str]:
    """A private key, and the fingerprint that ssh-keygen says it has."""
    path = folder / f"key-{options[1]}"
    subprocess.run(["ssh-keygen", "-q", "-N", "", "-f", str(path), *options], check=True)
    shown = subprocess.run(["ssh-keygen", "-l", "-f", str(path)], capture_output=True, text=True, check=True)
    return path, shown.stdout.split()[1]


def sign(bench: Bench, key: Path, *arguments: str) -> None:
    bench.git(
        "-c", "gpg.format=ssh", "-c", f"user.signingKey={key}", "commit", "-qS", "--allow-empty", *arguments
    )


@pytest.mark.parametrize(
    "options", [("-t", "ed25519"), ("-t", "ecdsa"), ("-t", "rsa", "-b", "2048")], ids=lambda o: o[1]
)
def test_a_commit_signed_by_git_names_its_key(tmp_path: Path, options: tuple[str, ...]) -> None:
    bench = Bench(tmp_path)
    key, fingerprint = key_pair(tmp_path, *options)
    bench.commit("a.txt", "a")
    plain = bench.push()
    sign(bench, key, "-m", "Sign\n\nwith a body\n\nand a gpgsig of words")
    signed = bench.push()
    assert bench.store.find_signature(bench.key, plain) is None
    assert bench.store.find_signature(bench.key, signed) == Signature("ssh", fingerprint)


def test_a_signature_on_other_words_does_not_hold(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    key, _ = key_pair(tmp_path, "-t", "ed25519")
    sign(bench, key, "-m", "What ada signed")
    raw = bench.git("cat-file", "commit", "HEAD")
    for name, changed in (
        ("message", raw.replace("What ada signed", "What eve wrote")),
        ("author", raw.replace("author ada", "author eve")),
        ("garbage", raw.replace("U1NIU0lH", "AAAAAAAA")),
        ("cut", raw.replace("U1NIU0lHAAAAAQ", "U1NIU0lH")),
    ):
        file = tmp_path / name
        file.write_text(changed)
        oid = bench.git("hash-object", "-w", "-t", "commit", str(file)).strip()
        bench.git("update-ref", "refs/heads/main", oid)
        assert bench.store.find_signature(bench.key, bench.push()) == Signature("ssh", None), name


def test_a_gpg_signature_is_seen_and_not_judged(tmp_path: Path) -> None:
    home = tmp_path / "gpg"
    home.mkdir(mode=0o700)
    gpg = [
        "gpg",
        "--homedir",
        str(home),
        "--batch",
        "--quiet",
        "--pinentry-mode",
        "loopback",
        "--passphrase",
        "",
    ]
    subprocess.run([*gpg, "--quick-gen-key", "ada <ada@example.org>", "ed25519", "sign"], check=True)
    wrapper = tmp_path / "gpg.sh"
    wrapper.write_text(f'#!/bin/sh\nexec gpg --homedir "{home}" --batch "$@"\n')
    wrapper.chmod(0o755)
    bench = Bench(tmp_path)
    bench.git(
        "-c", f"gpg.program={wrapper}", "-c", "user.signingKey=ada@example.org",
        "commit", "-qS", "--allow-empty", "-m", "by gpg",
    )  # fmt: skip
    assert bench.store.find_signature(bench.key, bench.push()) == Signature("openpgp")
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "gpg-agent"], check=False)

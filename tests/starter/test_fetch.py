from dataclasses import replace
from pathlib import Path

import pytest

from openhearth.cli.starter.fetch import check_hash, fetch_package, sha256_of
from openhearth.cli.starter.recipe import FetchFailed, HashMismatch
from tests.starter.tiny import FILENAME, build_wheel


def test_a_package_comes_from_where_pip_is_told_to_look_and_is_kept(index: Path, tmp_path: Path) -> None:
    package = build_wheel(index)

    path = fetch_package(package, tmp_path / "cache")
    (index / FILENAME).unlink()

    assert path == fetch_package(package, tmp_path / "cache")
    assert sha256_of(path) == package.sha256
    assert [each.name for each in (tmp_path / "cache").iterdir()] == [FILENAME], "nothing half-done stays"


def test_a_package_that_was_changed_is_refused_by_name_and_not_kept(index: Path, tmp_path: Path) -> None:
    package = build_wheel(index)
    served = build_wheel(index, words="good night\n")

    with pytest.raises(HashMismatch) as refusal:
        fetch_package(package, tmp_path / "cache")

    assert FILENAME in refusal.value.message
    assert package.sha256 in refusal.value.message
    assert served.sha256 in refusal.value.message
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_damaged_file_in_the_cache_is_fetched_again(index: Path, tmp_path: Path) -> None:
    package = build_wheel(index)
    path = fetch_package(package, tmp_path / "cache")
    path.write_bytes(path.read_bytes()[:100])

    assert sha256_of(fetch_package(package, tmp_path / "cache")) == package.sha256


def test_a_package_that_nobody_serves_is_named(index: Path, tmp_path: Path) -> None:
    package = replace(build_wheel(index), version="2.0", filename="tiny_words-2.0-py3-none-any.whl")

    with pytest.raises(FetchFailed, match=r"tiny-words 2\.0 could not be downloaded: .*tiny-words==2\.0"):
        fetch_package(package, tmp_path / "cache")


def test_one_changed_byte_is_noticed(tmp_path: Path) -> None:
    package = build_wheel(tmp_path)
    path = tmp_path / FILENAME
    check_hash(package, path)
    path.write_bytes(path.read_bytes() + b"\0")

    with pytest.raises(HashMismatch, match=FILENAME):
        check_hash(package, path)

"""Numbers, sizes and times in words."""

from datetime import UTC, datetime, timedelta

import pytest

from openhearth.web.filters import ago, compact, date, filesize, initials, percent, plural, tone

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("size_bytes", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (1_234, "1.2 kB"),
        (999_960, "1 MB"),
        (265_483_072, "265 MB"),
        (5 * 10**18, "5000 PB"),
    ],
)
def test_sizes_are_decimal(size_bytes: int, words: str) -> None:
    assert filesize(size_bytes) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0"), (999, "999"), (1_234, "1.2k"), (999_999, "1M"), (7_000_000_000, "7B"), (-1500, "-1.5k")],
)
def test_counts_are_short(count: int, words: str) -> None:
    assert compact(count) == words


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (timedelta(seconds=3), "just now"),
        (timedelta(seconds=50), "50 seconds ago"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=25), "1 day ago"),
        (timedelta(days=45), "1 month ago"),
        (timedelta(days=800), "2 years ago"),
        (timedelta(days=-2), "in 2 days"),
    ],
)
def test_distances_are_in_words(distance: timedelta, words: str) -> None:
    assert ago(NOW - distance, NOW) == words


def test_a_time_without_a_zone_is_utc() -> None:
    assert ago(datetime(2026, 11, 23, 11), NOW) == "1 hour ago"
    assert date(datetime(2026, 1, 2)) == "2 Jan 2026"


def test_nouns_agree_with_their_count() -> None:
    assert [plural(count, "file") for count in (0, 1, 1234)] == ["0 files", "1 file", "1,234 files"]
    assert plural(2, "entry", "entries") == "2 entries"


def test_shares_are_percentages() -> None:
    assert [percent(share) for share in (0.004, 0.5, 1)] == ["0.4 %", "50 %", "100 %"]


@pytest.mark.parametrize(
    ("name", "letters"), [("ada", "AD"), ("ben-cole", "BC"), ("x", "X"), ("___", "?"), ("", "?")]
)
def test_initials_stand_for_a_name(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_name_keeps_its_tone_and_any_text_has_one() -> None:
    assert tone("ada") == tone("ada")
    assert tone("\ud800") in range(6)

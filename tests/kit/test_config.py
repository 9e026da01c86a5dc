"""Settings: a flag beats the environment, the environment beats the file, and nothing wrong passes silently."""

from pathlib import Path

import pytest

from openhearth.config import Settings, load_settings
from openhearth.errors import Invalid


def test_a_flag_beats_the_environment_which_beats_the_file_which_beats_the_default(tmp_path: Path) -> None:
    (tmp_path / "openhearth.toml").write_text('port = 1\nhost = "::1"\nsign_up = "open"\n')
    environ = {"OPENHEARTH_DATA": str(tmp_path), "OPENHEARTH_PORT": "2", "OPENHEARTH_HOST": "localhost"}
    settings = load_settings(environ, port=3)
    assert (settings.port, settings.host, settings.sign_up) == (3, "localhost", "open")
    assert settings.engine_idle_s == Settings().engine_idle_s
    assert load_settings(environ, port=None).port == 2


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("OPENHEARTH_PORT", "eighty", "OPENHEARTH_PORT: 'eighty' is no int"),
        ("OPENHEARTH_FETCH_ALLOW_PRIVATE", "perhaps", "neither true nor false"),
        ("OPENHEARTH_RATE_LIMIT", "maybe", "not one of on, off"),
    ],
)
def test_a_value_that_cannot_be_read_is_refused_by_name(tmp_path: Path, name: str, value: str, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        load_settings({"OPENHEARTH_DATA": str(tmp_path), name: value})


@pytest.mark.parametrize("text", ["ports = 80\n", "port = [", "port = 'x'\n"])
def test_a_wrong_line_in_the_file_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "openhearth.toml").write_text(text)
    with pytest.raises(Invalid, match=r"openhearth\.toml"):
        load_settings({"OPENHEARTH_DATA": str(tmp_path)})


@pytest.mark.parametrize(
    ("values", "url"),
    [
        ({}, "http://127.0.0.1:8600"),
        ({"host": "::1", "port": 80}, "http://[::1]:80"),
        ({"public_url": "https://hub.example.org/"}, "https://hub.example.org"),
    ],
)
def test_the_public_address_comes_from_settings_alone(values: dict[str, object], url: str) -> None:
    assert Settings(**values).base_url == url  # type: ignore[arg-type]

"""`openhearth album` from the shell: one process a command, as a person types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.support.starter import starter_folder

pytestmark = pytest.mark.run


def album(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "OPENHEARTH_DATA": str(data), "HF_HUB_CACHE": str(data / "hub")}
    command = [sys.executable, "-m", "openhearth", "album", *words]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def test_a_face_is_tagged_found_and_forgotten_from_the_shell(tmp_path: Path) -> None:
    model = ("--model", str(starter_folder("faces")))
    photos = tmp_path / "photos"
    photos.mkdir()
    for name in ("obama.jpg", "obama2.jpg", "biden.jpg"):
        with Image.open(starter_folder("portraits") / "data" / name) as photo:
            photo.thumbnail((600, 600))
            photo.save(photos / name)
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff no picture")

    unknown = album(tmp_path, "find", "Bo", str(photos), *model)
    assert unknown.returncode == 1
    assert unknown.stderr.startswith("openhearth: name: nobody called 'Bo' is tagged")

    tagged = album(tmp_path, "tag", "Bo", str(photos / "obama.jpg"), *model)
    assert tagged.stdout.startswith("Bo is tagged on "), tagged.stderr

    found = album(tmp_path, "find", "show me Bo", str(photos), "--json", *model)
    rows = [json.loads(line) for line in found.stdout.splitlines()]
    assert [Path(row["path"]).name for row in rows] == ["obama.jpg", "obama2.jpg"]
    assert "left out" in found.stderr and "broken.jpg" in found.stderr

    who = album(tmp_path, str(photos), *model).stdout.splitlines()
    assert who[:2] == ["Bo: 2 photos", "1 face of somebody not named yet: who is it?"]
    assert "openhearth album tag NAME " in who[2] and "biden.jpg --box " in who[2]

    assert album(tmp_path, "list", *model).stdout.startswith("Bo  ")
    assert album(tmp_path, "forget", "bo", *model).stdout == "Forgotten.\n"
    assert album(tmp_path, "list", "--json", *model).stdout == ""


def test_a_box_that_is_none_is_named_before_anything_is_loaded(tmp_path: Path) -> None:
    refused = album(tmp_path, "tag", "Ana", "ana.jpg", "--box", "1,2,left,4")
    assert refused.returncode == 1
    assert (
        refused.stderr == "openhearth: --box: '1,2,left,4' is no box; give LEFT,TOP,RIGHT,BOTTOM in pixels.\n"
    )

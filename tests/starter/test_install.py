import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from openhearth.cli.starter.install import install_recipes, install_starter, prepare
from openhearth.cli.starter.recipe import Progress
from openhearth.errors import Invalid, Unauthenticated, UpstreamFailed
from tests.starter.tiny import WORDS, Shelf, break_down, build_wheel, recipe_for, refuse
from tests.support.running import free_port


def quiet(progress: Progress) -> None:
    pass


def test_a_failing_recipe_is_named_with_its_reason_and_the_rest_go_on(index: Path, tmp_path: Path) -> None:
    package = build_wheel(index)
    shelf = Shelf(tmp_path / "shelf")
    recipes = [
        recipe_for(package, refuse, name="foreign"),
        recipe_for(package, break_down, name="broken"),
        recipe_for(package, name="fine"),
    ]

    outcomes = install_recipes(recipes, shelf, cache=tmp_path / "cache", report=quiet)

    assert [(each.repo_id, each.status) for each in outcomes] == [
        ("starter/foreign", "failed"),
        ("starter/broken", "failed"),
        ("starter/fine", "installed"),
    ]
    assert outcomes[0].reason == "The words are in another language."
    assert "FileNotFoundError" in outcomes[1].reason
    assert (tmp_path / "shelf" / "fine" / "words.txt").read_text() == WORDS
    assert shelf.published == ["fine"]


def test_a_second_run_finds_nothing_to_do_unless_forced(index: Path, tmp_path: Path) -> None:
    recipe = recipe_for(build_wheel(index))
    shelf = Shelf(tmp_path / "shelf")

    runs = [
        install_recipes([recipe], shelf, cache=tmp_path / "cache", force=force, report=quiet)[0].status
        for force in (False, False, True)
    ]

    assert runs == ["installed", "current", "installed"]
    assert shelf.published == ["tiny-words", "tiny-words"]


def test_of_two_that_want_it_at_once_one_makes_it_and_both_have_it(index: Path, tmp_path: Path) -> None:
    recipe = recipe_for(build_wheel(index))
    steps: list[str] = []

    def make(_: int) -> Path:
        return prepare(recipe, tmp_path / "cache", report=lambda progress: steps.append(progress.stage))

    with ThreadPoolExecutor(3) as pool:
        folders = list(pool.map(make, range(3)))

    assert steps.count("convert") == 1
    assert {(folder / "words.txt").read_text() for folder in folders} == {WORDS}
    assert sorted(path.name for path in folders[0].iterdir()) == ["README.md", "words.txt"]


def test_a_newer_recipe_replaces_what_an_older_one_made(index: Path, tmp_path: Path) -> None:
    package = build_wheel(index)
    shelf = Shelf(tmp_path / "shelf")
    for version in (1, 2):
        install_recipes([recipe_for(package, version=version)], shelf, cache=tmp_path / "cache", report=quiet)

    assert shelf.published == ["tiny-words", "tiny-words"]
    assert "starter_recipe: tiny-words/2" in (tmp_path / "shelf" / "tiny-words" / "README.md").read_text()


def test_an_interrupted_installation_goes_on_where_it_stopped(index: Path, tmp_path: Path) -> None:
    recipe = recipe_for(build_wheel(index))
    install_recipes([recipe], Shelf(tmp_path / "first"), cache=tmp_path / "cache", report=quiet)
    shutil.rmtree(index)
    shutil.rmtree(tmp_path / "cache" / "packages")

    steps: list[str] = []
    install_recipes(
        [recipe],
        Shelf(tmp_path / "second"),
        cache=tmp_path / "cache",
        report=lambda at: steps.append(at.stage),
    )

    assert steps == ["look", "publish", "done"]
    assert (tmp_path / "second" / "tiny-words" / "words.txt").read_text() == WORDS


def test_an_unknown_name_is_refused_with_the_names_there_are(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"'gpt-9' is no starter .*SmolLM2-135M-Instruct"):
        install_starter(["gpt-9"], endpoint="http://127.0.0.1:1", token="hf_x", cache=tmp_path)


def test_nothing_is_downloaded_without_a_token(tmp_path: Path) -> None:
    with pytest.raises(Unauthenticated, match="needs a token"):
        install_starter([], endpoint="http://127.0.0.1:1", token=None, cache=tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_nothing_is_downloaded_when_no_hub_answers(tmp_path: Path) -> None:
    endpoint = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(UpstreamFailed, match=f"No hub answers at {endpoint}"):
        install_starter([], endpoint=endpoint, token="hf_x", cache=tmp_path / "cache")
    assert not (tmp_path / "cache").exists()

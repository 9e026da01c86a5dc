"""Translation by the Apertium of this machine: real pairs, its own programs, no shell."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openhearth.engine.any_task import load_any_task
from openhearth.errors import Invalid, NotFound, Unsupported
from openhearth.pipelines import pipeline
from openhearth.pipelines.apertium.packages import packages_for, remedy_for
from openhearth.pipelines.apertium.pairs import find_route, list_pairs, machine_folder
from openhearth.pipelines.apertium.segments import cut, escape, unescape
from openhearth.pipelines.apertium.stages import read_stages
from openhearth.pipelines.pipe import Pipe
from openhearth.protocol.engine import Run
from tests.pipelines.installed_pairs import DATA, make_pairs
from tests.pipelines.test_explain import printed_by_twin


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_pairs(tmp_path_factory.mktemp("apertium") / "pairs")


@pytest.fixture
def translate(folder: Path) -> Iterator[Pipe]:
    yield pipeline("translation", model=folder)


def text_of(pipe: Pipe, text: str, **parameters: Any) -> str:
    (row,) = pipe(text, **parameters)
    return str(row["translation_text"])


def test_a_sentence_is_what_the_program_apertium_makes_of_it(translate: Pipe) -> None:
    for mode, source, target, text in (
        ("spa-eng", "es", "en", "El gato duerme en el sofá."),
        ("fr-es", "fr", "es", "Les enfants jouent dans le jardin avec leur chien."),
        ("es-fr", "Spanish", "French", "Mañana compraremos tres libros."),
    ):
        done = subprocess.run(
            ["apertium", "-u", "-d", DATA, mode], input=text, capture_output=True, text=True, check=True
        )
        assert text_of(translate, text, src_lang=source, tgt_lang=target) == done.stdout.strip()
    assert translate.notes == []


def test_several_texts_have_an_answer_each(translate: Pipe) -> None:
    rows = translate(["El gato duerme.", "Los perros comen."], src_lang="es", tgt_lang="en")
    assert [row["translation_text"] for row in rows] == ["The cat sleeps.", "The dogs eat."]


def test_lines_lists_links_and_code_stay_as_they_are(translate: Pipe) -> None:
    text = (
        "# Título\n\n- el gato\n- los perros\n    1. la casa\n\n"
        "Ver https://example.org/el/gato, `el gato` y <b>el gato</b> {gato} [x] 5 $.\n"
    )
    assert text_of(translate, text, src_lang="es", tgt_lang="en") == (
        "# Title\n\n- The cat\n- The dogs\n    1. The house\n\n"
        "See https://example.org/el/gato, `el gato` and <b>the cat</b> {gato} [x] 5 $.\n"
    )


def test_a_wrapped_paragraph_is_one_text(translate: Pipe) -> None:
    wrapped = "Los niños jugaban en el jardín de la casa cuando su\nmadre llegó con el perro.\n"
    whole = wrapped.replace("\n", " ").strip()
    translated = text_of(translate, wrapped, src_lang="es", tgt_lang="en")
    assert translated.count("\n") == 2
    assert translated.split() == text_of(translate, whole, src_lang="es", tgt_lang="en").split()


def test_unknown_words_stay_and_are_named(translate: Pipe) -> None:
    text = "El frobnicador de Zorblax duerme. *Nota*"
    assert (
        text_of(translate, text, src_lang="es", tgt_lang="en") == "The frobnicador of Zorblax sleeps. *Note*"
    )
    (note,) = translate.notes
    assert note.message.endswith("left them as they are: frobnicador, Zorblax.")


def test_where_no_pair_is_the_way_leads_through_another_language(translate: Pipe, folder: Path) -> None:
    made = pipeline("translate from French into English", model=folder)
    assert text_of(made, "Le chat dort.") == "The cat sleeps."
    assert "by way of Spanish" in made.notes[0].message
    route = find_route(list_pairs(folder), "fr", "en")
    assert route is not None
    assert [pair.mode for pair in route] == ["fr-es", "spa-eng"]


def test_the_language_of_a_text_is_found_out(translate: Pipe) -> None:
    assert translate("Les enfants jouent dans le jardin.", tgt_lang="es") == [
        {"translation_text": "Los niños juegan en el jardín.", "src_lang": "fr"}
    ]
    same = "Los niños juegan en el jardín de su abuela."
    assert translate(same, tgt_lang="es") == [{"translation_text": same, "src_lang": "es"}]
    assert "in Spanish already" in translate.notes[-1].message


@pytest.mark.parametrize(
    ("text", "parameters", "message"),
    [
        ("Hello.", {}, "tgt_lang: say into which language.* has English, Spanish, French"),
        ("Hello.", {"tgt_lang": "klingon"}, "tgt_lang: 'klingon' is no language"),
        ("Hello.", {"tgt_lang": "es", "src_lang": "xx"}, "src_lang: 'xx' is no language"),
        (
            "Hello.",
            {"tgt_lang": "de", "src_lang": "en"},
            "not translate English to German; it has English to Spanish, French to Spanish",
        ),
        ("Hello.", {"tgt_lang": "en", "src_lang": "en"}, "into the same"),
        ("Guten Morgen, meine Damen und Herren.", {"tgt_lang": "es"}, "src_lang: the text looks like German"),
        ("Hello.", {"tgt_lang": "es", "num_beams": 2}, "num_beams: is no parameter"),
        ("  ", {"tgt_lang": "es"}, "a text is empty"),
        (7, {"tgt_lang": "es"}, "no text"),
        ("a" * 2_000_001, {"tgt_lang": "es", "src_lang": "en"}, "give the text in parts"),
    ],
)
def test_what_cannot_be_translated_is_said(
    translate: Pipe, text: str, parameters: dict[str, str], message: str
) -> None:
    with pytest.raises(Invalid, match=message):
        translate.worker(text, **parameters)


def test_a_text_without_words_comes_back(translate: Pipe) -> None:
    assert (
        text_of(translate, "12 + 30 = 42\n\n***\n", src_lang="es", tgt_lang="en") == "12 + 30 = 42\n\n***\n"
    )


def test_the_twin_runs_the_programs_one_by_one(translate: Pipe) -> None:
    text = "- Le chat voit 3 [chiens] & {x}.\n\n1. Il fait beau !"
    made = text_of(translate, text, src_lang="fr", tgt_lang="en")
    assert printed_by_twin(translate) == made
    translate("Los niños juegan en el jardín de su abuela.", tgt_lang="es")
    with pytest.raises(Unsupported, match="nothing was translated"):
        translate.explain()


def test_an_engine_of_the_hub_answers_alike(translate: Pipe, folder: Path) -> None:
    task = load_any_task("translation", folder, name="ada/pairs", threads=1, device="auto", dtype="auto")
    request = Run(request_id=1, inputs="El gato duerme.", parameters={})
    answer = task.compute([task.decode(request)], {"tgt_lang": "en", "src_lang": "es"})
    assert answer == [[{"translation_text": "The cat sleeps."}]]


class TestTheMachinesOwn:
    @pytest.fixture(autouse=True)
    def installed(self, own_data: None, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("APERTIUM_DATADIR", str(DATA))

    def test_it_is_chosen_for_the_pairs_it_has(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OPENHEARTH_STARTER_CACHE", str(tmp_path))
        monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
        chosen = pipeline("translation_en_to_es").choice
        assert (chosen.model.name, chosen.model.path, chosen.way.module) == (
            "apertium",
            DATA,
            "apertium.translating",
        )
        assert "translation from English into Spanish" in str(chosen)
        assert "by way of Spanish" in str(pipeline("translate from English into Portuguese").choice)
        assert text_of(pipeline("traduce esto al inglés"), "Los perros comen.") == "The dogs eat."
        with pytest.raises(NotFound, match="no model for translation is on this machine"):
            pipeline("translation_en_to_ja")

    def test_without_the_program_there_is_none(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        assert machine_folder() is None
        assert remedy_for("en", "es").endswith("sudo apt-get install apertium-eng-spa (Debian, Ubuntu).")

    def test_without_the_program_a_folder_says_what_to_install(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        made = pipeline("translation_es_to_en", model=folder)
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(
            Unsupported, match="needs the program lt-proc; install Apertium: sudo apt-get install apertium"
        ):
            made("El gato duerme.")

    def test_where_nothing_is_here_the_packages_are_named(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OPENHEARTH_STARTER_CACHE", str(tmp_path))
        monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
        monkeypatch.setenv("APERTIUM_DATADIR", str(tmp_path))
        with pytest.raises(NotFound, match="sudo apt-get install apertium-fr-es apertium-es-pt"):
            pipeline("translate from French into Portuguese")

    def test_packages_are_named_for_a_way(self) -> None:
        assert packages_for("en", "fr") == ("apertium-eng-spa", "apertium-fr-es")
        assert packages_for("ja", "fr") == ()
        assert remedy_for("en", "es") == ""  # it is here
        assert remedy_for("en", "it").startswith(" Apertium translates these languages by rules")


def broken(folder: Path, at: Path, mode: str) -> Path:
    """A copy of the folder whose `spa-eng` is `mode`."""
    shutil.copytree(folder, at, symlinks=True)
    (at / "modes" / "spa-eng.mode").write_text(mode)
    return at


@pytest.mark.parametrize(
    ("mode", "message"),
    [
        ("sh -c 'touch owned'", "runs 'sh'"),
        ("lt-proc '/x/apertium-eng-spa/spa-eng.automorf.bin'; touch owned", "no program|no file"),
        ("lt-proc $(touch owned)", "no program|no file"),
        ("lt-proc '/x/apertium-eng-spa/spa-eng.automorf.bin' > owned", "no file"),
        ("lt-proc /etc/passwd", "no file of this folder"),
        ("lt-proc '../../etc/passwd'", "no file of this folder"),
        ("lt-proc '/x/apertium-eng-spa/spa-eng.automorf.bin' '/x/modes/fr-es.mode' '/x/modes/es-fr.mode'", "3 files and not 1"),
        ("lt-proc -Z '/x/apertium-eng-spa/spa-eng.automorf.bin'", "no file of this folder"),
        ("lt-proc '/x/apertium-eng-spa/spa-eng.automorf.bin", "cannot be read"),
        ("", "is empty"),
        ("| |", "runs ''"),
    ],
)  # fmt: skip
def test_a_mode_is_read_and_never_run_by_a_shell(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    made = pipeline("translation_es_to_en", model=broken(folder, tmp_path / "broken", mode))
    with pytest.raises((Invalid, Unsupported), match=message):
        made("El gato duerme.")
    assert not list(tmp_path.rglob("owned"))


def test_broken_files_and_programs_that_hang_are_named(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openhearth.pipelines.apertium.stages.TIMEOUT_S", 1.0)
    at = broken(folder, tmp_path / "broken", "lt-proc '/x/own/spa.bin'")
    (at / "own").mkdir()
    (at / "own" / "spa.bin").write_bytes(b"no transducer")
    made = pipeline("translation_es_to_en", model=at)
    with pytest.raises(Invalid, match=r"lt-proc (failed|was not done)|gave back"):
        made("El gato duerme.")
    slow = tmp_path / "slow"
    slow.mkdir()
    (slow / "lt-proc").write_text(f"#!{sys.executable}\nimport time\ntime.sleep(30)\n")
    (slow / "lt-proc").chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", str(slow))
    with pytest.raises(Invalid, match="lt-proc was not done after"):
        made("El gato duerme.")


def test_every_mode_of_this_machine_can_be_read() -> None:
    assert {("en", "es"), ("es", "en"), ("fr", "es"), ("es", "fr"), ("es", "pt"), ("pt", "es")} <= {
        (pair.source, pair.target) for pair in list_pairs(DATA)
    }
    for pair in list_pairs(DATA):
        assert any(stage.writes for stage in read_stages(DATA, pair.mode, name="apertium"))


@pytest.mark.parametrize(
    "text", ["", "\n\n", "a\nb", "- a\n\n * b  \n3) c", "x" * 60 + "\ny\n", "…\n12\n", "a\r\nb\r\n", "\ta"]
)
def test_segments_make_up_the_text(text: str) -> None:
    whole = cut(text)
    assert whole.join(whole.texts) == text


@pytest.mark.parametrize(
    "text", ["[a] {b} ^c$ </d> @e \\f", "see https://a.org/[x] now", "`a]b` [", "a@b.org"]
)
def test_what_is_escaped_comes_back(text: str) -> None:
    assert unescape(escape(text)) == text

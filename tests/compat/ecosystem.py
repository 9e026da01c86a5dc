"""The programs beside the Python client, and the tests that show what they make of this hub."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """`tests` are node ids of pytest: what they assert is what the line says."""

    program: str
    does: str
    answer: str
    tests: tuple[str, ...] = ()


_GIT, _PYTHON = "tests/transcripts/test_git.py", "tests/clients/test_python_clients.py"
ECOSYSTEM = (
    Line(
        "git", "clone, push, pull, branches, tags; pushes that break a rule are refused in words", "works",
        (f"{_GIT}::test_ada_clones_edits_and_pushes_and_the_page_of_the_commit_shows_it",
         f"{_GIT}::test_a_push_that_breaks_a_rule_is_refused_with_a_sentence_and_moves_nothing"),
    ),
    Line(
        "git-lfs", "200 MB both ways; files that came through Xet", "works",
        (f"{_GIT}::test_git_lfs_moves_200_mb_both_ways", f"{_GIT}::test_a_file_uploaded_through_xet_is_cloned_by_git_lfs"),
    ),
    Line(
        "transformers", "push and load models, sharded ones too, and tokenizers; `pipeline`", "works",
        (f"{_PYTHON}::test_transformers_then_peft_on_the_model_it_pushed",),
    ),
    Line(
        "peft", "an adapter, pushed and loaded on the model it was made for", "works",
        (f"{_PYTHON}::test_transformers_then_peft_on_the_model_it_pushed",),
    ),
    Line("datasets", "push, load, stream", "works", (f"{_PYTHON}::test_datasets",)),
    Line(
        "diffusers", "a pipeline of several folders, pushed and loaded", "works",
        (f"{_PYTHON}::test_what_is_made_of_several_parts",),
    ),
    Line(
        "sentence-transformers", "a model of modules, pushed and loaded", "works",
        (f"{_PYTHON}::test_what_is_made_of_several_parts",),
    ),
    Line(
        "timm", "load a model from the hub",
        "not run here: timm imports torchvision, whose releases do not import beside the torch of our tests; "
        "what its loader calls, `hf_hub_download`, works",
    ),
    Line(
        "gradio_client", "open the app of a Space",
        "refuses: “Could not find Space”, as for any Space that has no running app; this hub does not run Spaces yet",
        (f"{_PYTHON}::test_gradio_client_is_told_of_no_running_app",),
    ),
    Line(
        "`@huggingface/hub`", "create, upload, list, download, delete, on Node", "works",
        ("tests/clients/test_javascript.py::test_the_javascript_client",),
    ),
    Line(
        "openai", "chat, completions and embeddings of models kept here", "works",
        ("tests/clients/test_inference_clients.py::test_the_openai_client",),
    ),
    Line(
        "`InferenceClient`", "the tasks of models kept here, by their address", "works",
        ("tests/clients/test_inference_clients.py::test_the_inference_client",),
    ),
)  # fmt: skip

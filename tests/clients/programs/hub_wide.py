"""huggingface_hub's questions about the hub as a whole: every argument of the lists, tags, tasks, trending, papers."""

import inspect
import sys

from huggingface_hub import HfApi, constants
from huggingface_hub.inference._providers import hf_inference

MODE = sys.argv[1]
MODEL, DATASET, SPACE = (f"ada/wide-{kind}-{MODE}" for kind in ("model", "dataset", "space"))
api = HfApi()

# An argument, and a value by which the one repo of its kind above is found.
MODELS = {
    "filter": ["fire", "license:mit"], "author": "ada", "apps": "vllm", "gated": False, "inference": "warm",
    "inference_provider": "all", "trained_dataset": DATASET, "search": f"wide {MODE}", "pipeline_tag": "text-generation",
    "num_parameters": None, "emissions_thresholds": None, "sort": "trending_score", "limit": 5,
    "expand": ["downloads", "downloadsAllTime", "trendingScore", "childrenModelCount", "baseModels", "gguf", "spaces"],
    "full": True, "cardData": True, "fetch_config": True, "token": None,
}  # fmt: skip
DATASETS = {
    "filter": "fire", "author": "ada", "benchmark": True, "dataset_name": f"wide-dataset-{MODE}", "gated": False,
    "language_creators": "found", "language": "en", "multilinguality": "monolingual", "size_categories": "n<1K",
    "task_categories": "text-generation", "task_ids": "language-modeling", "search": f"wide-dataset-{MODE}",
    "sort": "last_modified", "limit": 5, "expand": ["citation", "mainSize", "trendingScore"], "full": True, "token": None,
}  # fmt: skip
SPACES = {
    "filter": "static", "author": "ada", "search": f"wide-space-{MODE}", "datasets": DATASET, "models": [MODEL],
    "linked": True, "sort": "likes", "limit": 5, "expand": ["models", "trendingScore"], "full": True, "token": None,
}  # fmt: skip


def put(repo: str, kind: str, card: str) -> None:
    api.create_repo(repo, repo_type=kind, space_sdk="static" if kind == "space" else None)
    api.upload_file(
        path_or_fileobj=f"---\n{card}\n---\n# It\n\nhttps://arxiv.org/abs/2405.00001\n".encode(),
        path_in_repo="README.md", repo_id=repo, repo_type=kind,
    )  # fmt: skip


def make() -> None:
    put(
        MODEL,
        "model",
        f"license: mit\ntags: [fire]\nlibrary_name: transformers\npipeline_tag: text-generation\ndatasets: [{DATASET}]",
    )
    put(
        DATASET, "dataset",
        "tags: [fire, 'benchmark:official']\nlanguage: en\nlanguage_creators: [found]\nmultilinguality: [monolingual]\n"
        "size_categories: ['n<1K']\ntask_categories: [text-generation]\ntask_ids: [language-modeling]",
    )  # fmt: skip
    put(SPACE, "space", f"sdk: static\nmodels: [{MODEL}]\ndatasets: [{DATASET}]")


def ask_everything(call: object, values: dict[str, object], expected: str) -> None:
    """Every argument the client has must stand in `values`; each alone finds the repo, and so do they together."""
    assert callable(call)
    arguments = {name for name in inspect.signature(call).parameters if name != "self"}
    assert arguments == set(values), arguments ^ set(values)
    for name, value in values.items():
        narrowed = "author" if name == "dataset_name" else "search"
        found = [repo.id for repo in call(**{narrowed: values[narrowed], name: value})]
        assert expected in found, (name, value, found)
    narrow = {k: v for k, v in values.items() if k not in ("full", "cardData", "fetch_config")}
    assert [repo.id for repo in call(**narrow)] == [expected]


def ask_for_nothing() -> None:
    """What fits nothing is an empty list, never an error."""
    assert list(api.list_models(apps="unheard-of")) == []
    assert list(api.list_models(inference_provider="groq")) == []
    assert list(api.list_models(trained_dataset="no/where")) == []
    assert list(api.list_models(num_parameters="min:900B")) == []
    assert list(api.list_datasets(benchmark="unofficial")) == []
    assert list(api.list_spaces(models="no/where")) == []
    assert list(api.list_models(search="wide", emissions_thresholds=(1.0, 2.0), cardData=True)) == []


def ask_about_tags_tasks_and_relations() -> None:
    tags = api.get_model_tags()
    assert {"pipeline_tag", "library", "license", "dataset", "other"} <= set(tags), sorted(tags)
    assert "text-generation" in [tag["id"] for tag in tags["pipeline_tag"]]
    dataset_tags = api.get_dataset_tags()
    assert {
        "language",
        "task_categories",
        "task_ids",
        "size_categories",
        "multilinguality",
        "benchmark",
    } <= set(dataset_tags)
    assert hf_inference._fetch_recommended_models()["text-generation"] is not None
    info = api.model_info(MODEL)
    assert info.spaces == [SPACE], info.spaces
    info = api.model_info(
        MODEL, expand=["childrenModelCount", "evalResults", "trendingScore", "downloadsAllTime"]
    )
    assert info.children_model_count == {"adapter": 0, "finetune": 0, "merge": 0, "quantized": 0}
    assert isinstance(info.trending_score, int)


def ask_about_papers() -> None:
    paper = api.paper_info("2405.00001")
    assert paper.id == "2405.00001"
    assert MODEL in [model.id for model in paper.linked_models or []]
    assert DATASET in [dataset.id for dataset in paper.linked_datasets or []]
    assert "2405.00001" in [found.id for found in api.list_papers(query="2405.00001")]
    assert "arxiv.org/abs/2405.00001" in api.read_paper("2405.00001")
    assert isinstance(list(api.list_daily_papers(limit=3)), list)
    assert list(api.list_daily_papers(date="2001-01-01")) == []


assert api.endpoint == constants.ENDPOINT
make()
ask_everything(api.list_models, MODELS, MODEL)
ask_everything(api.list_datasets, DATASETS, DATASET)
ask_everything(api.list_spaces, SPACES, SPACE)
ask_for_nothing()
ask_about_tags_tasks_and_relations()
ask_about_papers()

"""Which filter a tag belongs to, how it is called on a page, and how it is spelled in the address of a list.

Tags are spelled as `cards.tags` makes them. Models carry languages and libraries without a prefix, so those
are known by name here. Pure.
"""

from dataclasses import dataclass

from openhearth.cards import LIBRARIES, TASK_NAMES, TASKS
from openhearth.kit.names import RepoType
from openhearth.repos.pages.languages import LANGUAGES
from openhearth.urls import with_query

MODALITIES = {
    "multimodal": "Multimodal", "cv": "Computer vision", "nlp": "Language", "audio": "Audio",
    "tabular": "Tables", "rl": "Reinforcement learning", "other": "Other",
}  # fmt: skip
TASKS_BY_MODALITY = {MODALITIES[modality]: tasks for modality, tasks in TASKS.items()}


@dataclass(frozen=True)
class TagGroup:
    """A filter of a list: its parameter in the address, its title, and the prefix its tags carry."""

    parameter: str
    title: str
    prefix: str = ""

    def tag(self, value: str) -> str:
        """The tag that `value` in the address stands for, with or without its prefix."""
        return value if value.startswith(self.prefix) else self.prefix + value

    def value(self, tag: str) -> str:
        return tag.removeprefix(self.prefix)


TASK = TagGroup("pipeline_tag", "Task")
TASK_CATEGORY = TagGroup("task_categories", "Task", "task_categories:")
LIBRARY = TagGroup("library", "Library")
SDK = TagGroup("sdk", "SDK")
LANGUAGE = TagGroup("language", "Language")
DATASET_LANGUAGE = TagGroup("language", "Language", "language:")
LICENSE = TagGroup("license", "Licence", "license:")
SIZE = TagGroup("size_categories", "Rows", "size_categories:")
DATASET = TagGroup("dataset", "Trained on", "dataset:")
BASE_MODEL = TagGroup("base_model", "Base model", "base_model:")
OTHER = TagGroup("other", "Other tags")

# In the order in which a list shows them; `OTHER` takes whatever no group before it claims.
GROUPS: dict[RepoType, tuple[TagGroup, ...]] = {
    "model": (TASK, LIBRARY, LANGUAGE, LICENSE, DATASET, BASE_MODEL, OTHER),
    "dataset": (TASK_CATEGORY, SIZE, DATASET_LANGUAGE, LICENSE, OTHER),
    "space": (SDK, LICENSE, OTHER),
    "kernel": (LIBRARY, LICENSE, OTHER),
}
_SDKS = frozenset({"gradio", "streamlit", "docker", "static"})
_KNOWN_BY_NAME: dict[str, frozenset[str]] = {
    "pipeline_tag": TASK_NAMES,
    "library": LIBRARIES,
    "sdk": _SDKS,
}


def group_of(tag: str, repo_type: RepoType) -> TagGroup:
    """The filter that `tag` of a repo belongs to."""
    for group in GROUPS[repo_type]:
        if group.prefix:
            if tag.startswith(group.prefix):
                return group
        elif tag in _KNOWN_BY_NAME.get(group.parameter, ()) or (group is LANGUAGE and tag in LANGUAGES):
            return group
    return OTHER


def tag_label(tag: str, repo_type: RepoType) -> str:
    """What `tag` is called on a page."""
    group = group_of(tag, repo_type)
    value = group.value(tag)
    if group.parameter == "language":
        return LANGUAGES.get(value, value)
    if group.parameter in ("pipeline_tag", "task_categories"):
        return task_label(value)
    return value


def task_label(task: str) -> str:
    """A task as words: `text-to-3d` → `Text to 3D`."""
    words = task.replace("-", " ")
    return (words[:1].upper() + words[1:]).replace("3d", "3D").replace("Graph ml", "Graph ML")


def tag_href(tag: str, repo_type: RepoType) -> str:
    """The list of repos that carry `tag`."""
    group = group_of(tag, repo_type)
    return with_query(f"/{repo_type}s", **{group.parameter: group.value(tag)})

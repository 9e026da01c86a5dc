"""How a task can be worked with a model: the right head first, then what a more general model can do.

Knows folders, not weights; imports no torch. A way names the module that works it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from openhearth.pipelines.diffusion_folder import tasks_of_class
from openhearth.pipelines.libraries import APERTIUM, RAPIDOCR, TRANSFORMERS
from openhearth.pipelines.model_folder import ModelFolder
from openhearth.pipelines.onnx_folder import ONNX_TASKS
from openhearth.pipelines.tasks import TASKS, Task

# Below, a chat model kept fewer facts of a text than its own sentences hold, and made some up (tests/quality/summaries.py).
_ABLE_PARAMETERS = 1_000_000_000
Fits = Callable[[ModelFolder], bool]
# Modules that open transformers' own pipeline with what they are given.
_OWN_PIPELINES = frozenset(
    [
        "through_transformers",
        "speech_to_text",
        "mask_generation",
        "video_classification",
        "table_question_answering",
    ]
)


@dataclass(frozen=True, kw_only=True)
class Way:
    """`how` finishes the sentence "worked by …". `module` is a module of this package with a `load`.

    `fits` is asked about folders of `library` alone; without a `library`, no stored model is needed.
    `is_offered` False: only for a model that somebody named, since the task means more than it does, or another does it better.
    `is_last`: needs no stored model, and is for machines that have none. `name`: what asks for this way where a model is named.
    """

    module: str
    how: str
    fits: Fits
    library: str | None = TRANSFORMERS
    is_offered: bool = True
    is_last: bool = False
    name: str | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """For another process, of a way that was chosen: what it fits is asked no more."""
        return _chosen, (self.module, self.how, self.library, self.is_offered)

    @property
    def is_transformers(self) -> bool:
        """Whether transformers' own pipeline does the work, and takes whatever `pipeline` was told beside the model."""
        return self.module in _OWN_PIPELINES

    def works(self, folder: ModelFolder) -> bool:
        """Whether the model in `folder` can be worked so."""
        if folder.graph is not None and folder.task not in ONNX_TASKS:
            return False
        return folder.library == self.library and self.fits(folder)


def _chosen(module: str, how: str, library: str | None, is_offered: bool) -> Way:
    return Way(module=module, how=how, fits=lambda folder: True, library=library, is_offered=is_offered)


def _made_for(*tasks: str) -> Fits:
    return lambda folder: folder.task in tasks


def _entails(folder: ModelFolder) -> bool:
    """Whether it is a classifier that knows what follows from what (natural language inference)."""
    return folder.task == "text-classification" and any(
        label.lower().startswith("entail") for label in folder.labels
    )


def _is_seq2seq(folder: ModelFolder) -> bool:
    return folder.task in ("text2text-generation", "translation")


def _is_chat(folder: ModelFolder) -> bool:
    return folder.is_chat


def _is_able_chat(folder: ModelFolder) -> bool:
    """Whether it is large enough to be asked for what it was not taught; smaller ones invent more than they keep."""
    return folder.is_chat and folder.parameters >= _ABLE_PARAMETERS


def _is_embedder(folder: ModelFolder) -> bool:
    return folder.is_embedder


def _knows_faces(folder: ModelFolder) -> bool:
    return any("face_recognition" in name for name in folder.file_names)


def _reads_pages(folder: ModelFolder) -> bool:
    """Whether it was taught to answer from pages: by words and places, or from the picture alone (Donut)."""
    encoder = folder.config.get("encoder")
    is_donut = isinstance(encoder, dict) and encoder.get("model_type") == "donut-swin"
    return folder.task == "document-question-answering" or is_donut


def _reads_lines(folder: ModelFolder) -> bool:
    return any(name.endswith(".onnx") for name in folder.file_names)


def _diffusion(task: str) -> Way:
    """A pipeline of diffusers whose class can do `task`."""
    return Way(
        module="diffusion",
        how="a diffusion model",
        fits=lambda folder: task in tasks_of_class(folder.architecture),
        library="diffusers",
    )


def _tabular(task: str) -> tuple[Way, ...]:
    """A saved model that was made for `task`, or one that is learnt from the rows that are given."""
    return (
        Way(
            module="tables.saved",
            how="a model of scikit-learn",
            fits=_made_for(task),
            library="sklearn",
        ),
        Way(
            module="tables.learning",
            how="gradient boosting learnt from your rows",
            fits=lambda folder: False,
            library=None,
        ),
    )


def _sees(folder: ModelFolder) -> bool:
    """Whether it takes pictures and writes texts."""
    return folder.task == "image-text-to-text" or (
        folder.task == "any-to-any" and "vision_config" in folder.config
    )


_WAYS: Mapping[str, tuple[Way, ...]] = {
    "summarization": (
        Way(module="summarization", how="an encoder-decoder model", fits=_is_seq2seq),
        Way(module="summarization", how="a prompt to an instruct model", fits=_is_able_chat),
        Way(
            module="extractive_summary",
            how="choosing the sentences nearest to its whole meaning: each is the text's own, nothing is made up",
            fits=_is_embedder,
            name="extractive",
        ),
        Way(
            module="extractive_summary",
            how="choosing the sentences with its most telling words: each is the text's own, nothing is made up",
            fits=lambda folder: False,
            library=None,
            is_last=True,
            name="extractive",
        ),
        Way(
            module="summarization",
            how="a prompt to an instruct model, a small one, which leaves out more and may turn round what it keeps",
            fits=_is_chat,
            is_offered=False,
        ),
    ),
    "translation": (
        Way(module="translation", how="an encoder-decoder model", fits=_is_seq2seq),
        Way(
            module="apertium.translating",
            how="dictionaries and rules (Apertium)",
            fits=_made_for("translation"),
            library=APERTIUM,
        ),
        Way(
            module="translation",
            how="a prompt to an instruct model, which is no translator: small ones get it wrong more often than right",
            fits=_is_chat,
        ),
    ),
    "text2text-generation": (
        Way(module="text2text_generation", how="an encoder-decoder model", fits=_is_seq2seq),
    ),
    "question-answering": (
        Way(
            module="question_answering",
            how="a model that marks the answer",
            fits=_made_for("question-answering"),
        ),
        Way(
            module="question_answering",
            how="how likely a language model finds each passage as the answer",
            fits=_is_chat,
        ),
    ),
    "question-generation": (
        Way(
            module="question_generation",
            how="leaving out what the text states, in the sentences nearest to its whole meaning",
            fits=_is_embedder,
        ),
    ),
    "zero-shot-classification": (
        Way(module="through_transformers", how="a model that knows what follows from what", fits=_entails),
        Way(module="zero_shot_classification", how="nearness of meaning", fits=_is_embedder),
    ),
    "text-classification": (
        Way(
            module="through_transformers",
            how="a classifier",
            fits=lambda folder: folder.task == "text-classification" and not _entails(folder),
        ),
        Way(module="through_transformers", how="a classifier", fits=_made_for("text-classification")),
    ),
    "token-classification": (
        Way(module="spacy_entities", how="spaCy", fits=_made_for("token-classification"), library="spacy"),
        Way(module="through_transformers", how="a model made for it", fits=_made_for("token-classification")),
    ),
    "sentence-similarity": (
        Way(module="sentence_similarity", how="nearness of meaning", fits=_is_embedder),
        Way(
            module="sentence_similarity", how="nearness of mean vectors", fits=_made_for("feature-extraction")
        ),
    ),
    "text-ranking": (
        Way(
            module="text_ranking",
            how="a model that reads query and text together",
            fits=lambda folder: folder.task == "text-classification" and len(folder.labels) == 1,
        ),
        Way(module="text_ranking", how="nearness of meaning", fits=_is_embedder),
    ),
    "feature-extraction": (
        Way(module="through_transformers", how="the model's own vectors", fits=_is_embedder),
        Way(
            module="through_transformers", how="the model's own vectors", fits=_made_for("feature-extraction")
        ),
    ),
    "image-feature-extraction": (
        Way(
            module="through_transformers",
            how="the vectors below a classifier",
            fits=_made_for("image-feature-extraction", "image-classification"),
        ),
    ),
    "image-to-text": (
        Way(module="image_to_text", how="a captioner", fits=_made_for("image-to-text")),
        Way(module="image_to_text", how="a prompt to a model that sees", fits=_sees),
        Way(
            module="optical_character_recognition",
            how="reading the text on it",
            fits=_reads_lines,
            library=RAPIDOCR,
            is_offered=False,
        ),
    ),
    "visual-question-answering": (
        Way(
            module="visual_question_answering",
            how="a model that chooses among answers",
            fits=_made_for("visual-question-answering"),
        ),
        Way(module="visual_question_answering", how="a prompt to a model that sees", fits=_sees),
    ),
    "video-classification": (
        Way(
            module="video_classification",
            how="a model that watches films",
            fits=_made_for("video-classification"),
        ),
    ),
    "table-question-answering": (
        Way(
            module="table_question_answering",
            how="a model that points at cells",
            fits=_made_for("table-question-answering"),
        ),
    ),
    **{task: _tabular(task) for task in ("tabular-classification", "tabular-regression")},
    "time-series-forecasting": (
        Way(
            module="tables.forecasting",
            how="exponential smoothing",
            fits=lambda folder: False,
            library=None,
        ),
    ),
    "face-detection": (
        Way(module="face_detection", how="a detector of faces", fits=_knows_faces, library="dlib"),
    ),
    "face-recognition": (
        Way(module="face_recognition", how="nearness of faces", fits=_knows_faces, library="dlib"),
    ),
    "optical-character-recognition": (
        Way(
            module="optical_character_recognition",
            how="a reader of lines",
            fits=_reads_lines,
            library=RAPIDOCR,
        ),
    ),
    "document-question-answering": (
        Way(module="document_question_answering", how="a model that reads pages", fits=_reads_pages),
        Way(
            module="document_question_answering",
            how="reading the page and answering from its text, with the model that answers from texts",
            fits=_reads_lines,
            library=RAPIDOCR,
        ),
    ),
    "mask-generation": (
        Way(module="mask_generation", how="a model made for it", fits=_made_for("mask-generation")),
    ),
    "image-text-to-text": (Way(module="through_transformers", how="a model that sees", fits=_sees),),
    **{
        task: (_diffusion(task),)
        for task in ("text-to-image", "text-to-video", "image-to-video", "unconditional-image-generation")
    },
    "image-to-image": (
        _diffusion("image-to-image"),
        Way(module="image_to_image", how="a model that redraws pictures", fits=_made_for("image-to-image")),
    ),
    "any-to-any": (
        Way(
            module="through_transformers",
            how="a model that takes more than text",
            fits=_made_for("any-to-any", "image-text-to-text"),
        ),
    ),
    "decision": (
        Way(module="through_transformers", how="a language model", fits=_made_for("text-generation")),
    ),
    "text-to-speech": (
        Way(module="text_to_speech", how="a voice", fits=_made_for("text-to-speech"), library="hibari"),
        Way(module="through_transformers", how="a model that speaks", fits=_made_for("text-to-audio")),
    ),
    "voice-activity-detection": (
        Way(
            module="voice_activity_detection",
            how="a model that tells speech from noise",
            fits=_made_for("voice-activity-detection"),
            library="silero-vad",
        ),
    ),
    "automatic-speech-recognition": (
        Way(
            module="speech_to_text",
            how="a model that writes down speech",
            fits=_made_for("automatic-speech-recognition"),
        ),
    ),
}


_REGISTERED = Way(
    module="through_transformers", how="a pipeline that was registered", fits=lambda folder: True
)


def ways_of(task: Task) -> tuple[Way, ...]:
    """How `task` can be worked, the best way first."""
    if task.name not in TASKS:
        return (_REGISTERED,)
    known = _WAYS.get(task.name, ())
    if known or not task.native:
        return known
    return (Way(module="through_transformers", how="a model made for it", fits=_made_for(task.name)),)


def find_way(task: Task, folder: ModelFolder) -> Way | None:
    """The best way to work `task` with the model in `folder`."""
    return next((way for way in ways_of(task) if way.works(folder)), None)


def find_chat_way(task: Task) -> Way | None:
    """How a chat model does `task`, of which nothing but that is known."""
    return next((way for way in reversed(ways_of(task)) if way.fits is _is_chat), None)


def find_way_without_model(task: Task, *, at_last: bool = False) -> Way | None:
    """How `task` is worked from what is given alone; None for a task that needs a stored model.

    `at_last`: no model that does it is here, and less than one could do is wanted.
    """
    return next(
        (way for way in ways_of(task) if way.library is None and at_last in (way.is_last, True)), None
    )


def tasks_of(folder: ModelFolder) -> list[str]:
    """What the model in `folder` can be used for, its own task first."""
    found = [name for name, task in TASKS.items() if find_way(task, folder) is not None]
    return sorted(found, key=lambda name: name != folder.task)


# The tasks that something here can work, given the right model.
RUNNABLE: Mapping[str, Task] = {name: task for name, task in TASKS.items() if ways_of(task)}

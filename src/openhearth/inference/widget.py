"""The box on a model's page in which anybody tries it: a form for each task, rendered here, working without script.

The form posts to a page of its own, which shows it again with the answer. Scripts sharpen: chat streams word by
word (through /v1), sounds are recorded, other answers replace the old one in place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from openhearth.errors import HubError, Invalid
from openhearth.inference import calls
from openhearth.inference.bodies import BODY_MAX_BYTES, unless_gone
from openhearth.inference.engine_process import EngineProcess
from openhearth.inference.service import Inference
from openhearth.inference.task_shapes import TaskCall, task_answer, to_run
from openhearth.kit.names import RepoRef
from openhearth.pipelines.tasks import TASKS, find_task
from openhearth.protocol.engine import Generate, Run, Sampling
from openhearth.urls import Urls
from openhearth.web import Web
from openhearth.wire.forms import read_form, text_of
from openhearth.wire.request import actor_of, csrf_of

ANSWER_TOKENS = 256
SAMPLES: Mapping[str, Mapping[str, str]] = {
    "text-generation": {"text": "Why is steel harder than iron? Answer in two sentences."},
    "feature-extraction": {
        "source": "A guitar is on the table.",
        "sentences": "There is a musical instrument on a piece of furniture.\nThe stock market fell today.",
    },
    "automatic-speech-recognition": {},
    "image-classification": {},
}


class RepoLike(Protocol):
    """What the widget reads of a repo."""

    @property
    def ref(self) -> RepoRef: ...


class FactsLike(Protocol):
    """What the widget reads of a model's card and files."""

    @property
    def pipeline_tag(self) -> str | None: ...
    @property
    def card(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, kw_only=True)
class Score:
    """One line of an answer: a label, or a sentence, and how much of it."""

    label: str
    share: float


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a try: `text` or `scores`, or the sentence that says why not."""

    text: str | None = None
    scores: Sequence[Score] = ()
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class WidgetForm:
    """Context of `inference/widget.html`."""

    task: str = field(metadata={"help": "The task, which decides the fields"})
    repo_id: str = field(metadata={"help": "namespace/name of the model"})
    action: str = field(metadata={"help": "Where the form posts to"})
    chat_href: str = field(metadata={"help": "Where the script of a chat streams from"})
    csrf_token: str = field(metadata={"help": "The proof that this page sent the form"})
    values: Mapping[str, str] = field(metadata={"help": "What the text fields hold"})
    outcome: Outcome | None = field(metadata={"help": "What came of the last try"})


@dataclass(frozen=True, kw_only=True)
class WidgetPage:
    """Context of `inference/try.html`."""

    repo_id: str = field(metadata={"help": "namespace/name of the model"})
    repo_href: str = field(metadata={"help": "The model's own page"})
    widget: Markup = field(metadata={"help": "The form with its outcome"})


class Widget:
    def __init__(self, inference: Inference, *, web: Web, urls: Urls) -> None:
        self._inference = inference
        self._web = web
        self._urls = urls

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/models/{ns}/{name}/try", self.try_it, methods=["POST"]),
            Route("/models/{ns}/{name}/try", self.back, methods=["GET"]),
        ]

    def slot(self, request: Request, repo: RepoLike, facts: FactsLike) -> Markup | None:
        """The form on the page of a model whose task can be run here."""
        task = find_task(facts.pipeline_tag) if facts.pipeline_tag and repo.ref.type == "model" else None
        if task is None:
            return None
        values = {**SAMPLES[task.name], **_sample_of(facts.card, task.name)}
        return self._form(request, repo.ref, task.name, values, None)

    async def try_it(self, request: Request) -> Response:
        """Run the form once. A refusal by the model is shown in the form; the page itself is fine."""
        repo = RepoRef("model", request.path_params["ns"], request.path_params["name"])
        form = await read_form(request, max_files=1)
        try:
            task = text_of(form, "task")
            values = {name: value.strip() for name, value in form.items() if isinstance(value, str)}
            upload = form.get("file")
            payload = b"" if upload is None or isinstance(upload, str) else await upload.read(BODY_MAX_BYTES)
        finally:
            await form.close()
        if task not in TASKS:
            raise Invalid(
                f"task: {task!r} is not one that can be run here; choose one of {', '.join(TASKS)}."
            )
        try:
            outcome = await unless_gone(request, self._run(request, repo, task, values, payload))
        except HubError as error:
            if error.status in (401, 404):
                raise  # there is no such model, as far as this visitor may know
            outcome = Outcome(error=error.message)
        widget = self._form(request, repo, task, values, outcome)
        page = WidgetPage(repo_id=repo.id, repo_href=self._urls.repo(repo), widget=widget)
        return self._web.page(request, "inference/try.html", page)

    async def back(self, request: Request) -> Response:
        """A reload of the answer's address leads to the model."""
        repo = RepoRef("model", request.path_params["ns"], request.path_params["name"])
        return RedirectResponse(self._urls.repo(repo), status_code=303)

    async def _run(
        self, request: Request, repo: RepoRef, task: str, values: Mapping[str, str], payload: bytes
    ) -> Outcome:
        if TASKS[task].takes != "text" and not payload:
            raise Invalid("file: choose a file first.")
        engine = await calls.engine(self._inference, actor_of(request), repo.id, task=task)
        if task == "text-generation":
            return Outcome(text=await self._answer(engine, values.get("text", "")))
        if task == "feature-extraction":
            return await self._compare(engine, values)
        result = await calls.run(engine, Run(request_id=0, payload=payload))
        if task == "image-classification":
            return Outcome(scores=[Score(label=row["label"], share=row["score"]) for row in result.output])
        return Outcome(text=result.output["text"])

    async def _compare(self, engine: EngineProcess, values: Mapping[str, str]) -> Outcome:
        """How near each sentence is to the first."""
        sentences = [line.strip() for line in values.get("sentences", "").splitlines() if line.strip()]
        call = TaskCall(inputs={"source_sentence": values.get("source", ""), "sentences": sentences})
        result = await calls.run(engine, to_run("feature-extraction", call, b""))
        pairs = zip(sentences, task_answer(call, result), strict=True)
        return Outcome(scores=[Score(label=sentence, share=score) for sentence, score in pairs])

    async def _answer(self, engine: EngineProcess, text: str) -> str:
        """Plain models continue the text, chat models answer it."""
        if not text:
            raise Invalid("text: write something first.")
        told = engine.told
        request = Generate(
            request_id=0,
            prompt=None if told.has_chat_template else text,
            messages=[{"role": "user", "content": text}] if told.has_chat_template else None,
            default_tokens=ANSWER_TOKENS,
            sampling=Sampling(temperature=0.0),
        )
        return (await calls.generate(engine, request)).text

    def _form(
        self, request: Request, repo: RepoRef, task: str, values: Mapping[str, str], outcome: Outcome | None
    ) -> Markup:
        context = WidgetForm(
            task=task,
            repo_id=repo.id,
            action=f"/models/{repo.id}/try",
            chat_href=f"/models/{repo.id}/v1/chat/completions",
            csrf_token=csrf_of(request),
            values=values,
            outcome=outcome,
        )
        return self._web.fragment("inference/widget.html", context)


def _sample_of(card: Mapping[str, Any], task: str) -> dict[str, str]:
    """The first example that the card's `widget` gives."""
    examples = card.get("widget")
    first = examples[0] if isinstance(examples, list) and examples else None
    if not isinstance(first, dict):
        return {}
    if task == "feature-extraction" and isinstance(first.get("sentences"), list):
        lines = "\n".join(str(sentence) for sentence in first["sentences"])
        return {"source": str(first.get("source_sentence", "")), "sentences": lines}
    return {"text": str(first["text"])} if "text" in first else {}

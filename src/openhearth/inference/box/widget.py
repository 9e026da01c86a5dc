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
from openhearth.inference.samples import Sample, list_samples, read_sample
from openhearth.inference.service import Inference
from openhearth.inference.tries import DEFAULTS, Outcome, Try, Turn, read_turns, run_try, write_turns
from openhearth.kit.names import RepoRef
from openhearth.pipelines.tasks import SERVED, find_served
from openhearth.urls import Urls
from openhearth.web import Web
from openhearth.wire.forms import read_form, text_of
from openhearth.wire.request import actor_of, csrf_of


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
    @property
    def config(self) -> Mapping[str, Any] | None: ...


@dataclass(frozen=True, kw_only=True)
class WidgetForm:
    """Context of `inference/widget.html`."""

    task: str = field(metadata={"help": "The task, which decides the fields"})
    is_chat: bool = field(metadata={"help": "Whether the model answers, or only continues a text"})
    repo_id: str = field(metadata={"help": "namespace/name of the model"})
    repo_href: str = field(metadata={"help": "The model's own page, where one starts over"})
    action: str = field(metadata={"help": "Where the form posts to"})
    api_href: str = field(metadata={"help": "The model's own /v1, from which the script streams"})
    csrf_token: str = field(metadata={"help": "The proof that this page sent the form"})
    values: Mapping[str, str] = field(metadata={"help": "What the text fields hold"})
    samples: Sequence[Sample] = field(metadata={"help": "What it may be tried with"})
    turns: Sequence[Turn] = field(metadata={"help": "The conversation so far"})
    messages: str = field(metadata={"help": "The conversation so far, as the form sends it"})
    given_src: str | None = field(metadata={"help": "The picture or sound of the example that was tried"})
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
        task = find_served(facts.pipeline_tag) if facts.pipeline_tag and repo.ref.type == "model" else None
        if task is None:
            return None
        self._inference.expect(repo.ref.id)
        samples = list_samples(facts.card, task.name, repo=repo.ref, urls=self._urls)
        shown = samples[0].fields if samples and task.takes == "text" else {}
        empty = Try(task=task.name, values={**DEFAULTS, **shown})
        return self._form(request, repo.ref, empty, samples=samples, is_chat=_has_chat_template(facts))

    async def try_it(self, request: Request) -> Response:
        """Run the form once. A refusal by the model is shown in the form; the page itself is fine."""
        repo = RepoRef("model", request.path_params["ns"], request.path_params["name"])
        given = await _read_try(request)
        is_chat = "messages" in given.values  # only the form of a conversation carries it
        try:
            if not given.has_input:
                raise Invalid("file: choose a file first.")
            engine = await calls.engine(self._inference, actor_of(request), repo.id, task=given.task)
            is_chat = engine.told.has_chat_template
            outcome = await unless_gone(request, run_try(engine, given))
        except HubError as error:
            if error.status in (401, 404):
                raise  # there is no such model, as far as this visitor may know
            outcome = Outcome(error=error.message, turns=given.turns)
        widget = self._form(request, repo, given, outcome=outcome, is_chat=is_chat)
        page = WidgetPage(repo_id=repo.id, repo_href=self._urls.repo(repo), widget=widget)
        return self._web.page(request, "inference/try.html", page)

    async def back(self, request: Request) -> Response:
        """A reload of the answer's address leads to the model."""
        repo = RepoRef("model", request.path_params["ns"], request.path_params["name"])
        return RedirectResponse(self._urls.repo(repo), status_code=303)

    def _form(
        self,
        request: Request,
        repo: RepoRef,
        given: Try,
        *,
        is_chat: bool,
        samples: Sequence[Sample] = (),
        outcome: Outcome | None = None,
    ) -> Markup:
        turns = outcome.turns if outcome else ()
        answered = is_chat and outcome is not None and outcome.error is None
        tried = given.values.get("file")
        context = WidgetForm(
            task=given.task,
            is_chat=is_chat,
            repo_id=repo.id,
            repo_href=self._urls.repo(repo),
            action=f"/models/{repo.id}/try",
            api_href=f"/models/{repo.id}/v1",
            csrf_token=csrf_of(request),
            values={**given.values, "text": ""} if answered else given.values,
            samples=samples,
            turns=turns,
            messages=write_turns(turns),
            given_src=self._urls.resolve(repo, "main", tried) if tried and outcome else None,
            outcome=outcome,
        )
        return self._web.fragment("inference/widget.html", context)


async def _read_try(request: Request) -> Try:
    """Raises Invalid for a task that is none, or an example or conversation that cannot be read."""
    form = await read_form(request, max_files=1)
    try:
        task = text_of(form, "task")
        values = {name: value.strip() for name, value in form.items() if isinstance(value, str)}
        upload = form.get("file")
        payload = b"" if upload is None or isinstance(upload, str) else await upload.read(BODY_MAX_BYTES)
    finally:
        await form.close()
    if task not in SERVED:
        raise Invalid(f"task: {task!r} is not one that can be run here; choose one of {', '.join(SERVED)}.")
    if values.get("example"):
        values, payload = values | read_sample(values["example"]), b""
    return Try(task=task, values=values, payload=payload, turns=read_turns(values.get("messages", "")))


def _has_chat_template(facts: FactsLike) -> bool:
    config = facts.config or {}
    return bool(config.get("chat_template_jinja") or config.get("tokenizer_config", {}).get("chat_template"))

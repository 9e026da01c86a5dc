"""The box on a model's page in which anybody tries it: a form for each task, rendered here, working without script.

The form posts to a page of its own, which shows it again with the answer. Scripts sharpen: chat streams word by
word (through /v1), sounds are recorded, other answers replace the old one in place. A page of another room shows the
same box through the slot `repo.widget`: the task is the `pipeline_tag` of the facts that it hands over.
"""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from openhearth.errors import HubError
from openhearth.inference.askers import ask_for
from openhearth.inference.bodies import BODY_MAX_BYTES, unless_gone
from openhearth.inference.box.asking import Answer, ask
from openhearth.inference.box.declared import BOXES, Field, Parameter, get_box
from openhearth.inference.box.drawings import Drawing, draw
from openhearth.inference.box.drawings.files import look_at_picture, media_href
from openhearth.inference.box.given import Given, GivenFile, Try, understand
from openhearth.inference.box.samples import OURS, Sample, list_samples, open_sample, read_sample
from openhearth.inference.box.shown import to_json
from openhearth.inference.box.turns import Turn, read_turns, write_turns
from openhearth.inference.engine_process import EngineProcess
from openhearth.inference.records import EngineSpec
from openhearth.inference.service import Inference
from openhearth.kit.names import RepoRef
from openhearth.pipelines.reading import Read
from openhearth.pipelines.tasks import Task, find_task
from openhearth.pipelines.ways import ways_of
from openhearth.urls import Urls
from openhearth.web import Web
from openhearth.web.parts import Choice
from openhearth.wire.forms import read_form, text_of
from openhearth.wire.request import actor_of, csrf_of
from openhearth.wire.room import Slots

_FROM = "from"  # the field that says which page the form was on


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
    @property
    def library_name(self) -> str | None: ...
    @property
    def safetensors(self) -> Mapping[str, Any] | None: ...
    @property
    def gguf(self) -> Mapping[str, Any] | None: ...


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A file that was tried, as the page shows it again."""

    kind: str
    href: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a try: a drawing, or a longer conversation, or the sentence that says why not."""

    drawing: Drawing | None = None
    json: str = ""
    took_s: float = 0.0
    read: Sequence[Read] = ()
    shown: Sequence[Shown] = ()
    turns: Sequence[Turn] = ()
    error: str | None = None
    related: Sequence[Markup] = ()  # earlier notes that the error reminds of


@dataclass(frozen=True, kw_only=True)
class WidgetForm:
    """Context of `inference/widget.html`."""

    task: str = field(metadata={"help": "The task, which decides the fields"})
    action: str = field(metadata={"help": "The word on the button"})
    fields: Sequence[Field] = field(metadata={"help": "What a person fills in"})
    parameters: Sequence[Parameter] = field(metadata={"help": "What may be set"})
    choices: Mapping[str, Sequence[Choice]] = field(metadata={"help": "What a parameter may be, by its name"})
    is_chat: bool = field(metadata={"help": "Whether the model answers, or only continues a text"})
    repo_id: str = field(metadata={"help": "namespace/name of the model"})
    start_href: str = field(metadata={"help": "The page with the box, where one starts over"})
    post_href: str = field(metadata={"help": "Where the form posts to"})
    api_href: str = field(metadata={"help": "The model's own /v1, from which the script streams"})
    csrf_token: str = field(metadata={"help": "The proof that this page sent the form"})
    values: Mapping[str, str] = field(metadata={"help": "What the fields and parameters hold"})
    kept: str = field(metadata={"help": "The files of the example that was tried, for trying it again"})
    samples: Sequence[Sample] = field(metadata={"help": "What it may be tried with"})
    messages: str = field(metadata={"help": "The conversation so far, as the form sends it"})
    outcome: Outcome | None = field(metadata={"help": "What came of the last try"})


@dataclass(frozen=True, kw_only=True)
class WidgetNote:
    """Context of `inference/cannot.html`."""

    reason: str = field(metadata={"help": "Why there is no box"})


@dataclass(frozen=True, kw_only=True)
class WidgetPage:
    """Context of `inference/try.html`."""

    repo_id: str = field(metadata={"help": "namespace/name of the model"})
    repo_href: str = field(metadata={"help": "The model's own page"})
    widget: Markup = field(metadata={"help": "The form with its outcome"})


class Widget:
    def __init__(
        self,
        inference: Inference,
        *,
        web: Web,
        urls: Urls,
        allow_private: bool,
        slots: Slots | None = None,
    ) -> None:
        """`allow_private`: links to this machine and its network may be read. `slots` are asked what a failure reminds of."""
        self._slots = slots or Slots()
        self._inference = inference
        self._web = web
        self._urls = urls
        self._allow_private = allow_private

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/models/{ns}/{name}/try", self.try_it, methods=["POST"]),
            Route("/models/{ns}/{name}/try", self.back, methods=["GET"]),
        ]

    def slot(self, request: Request, repo: RepoLike, facts: FactsLike) -> Markup | None:
        """The form for a model and the task that its facts name; a line where that cannot be run here."""
        if repo.ref.type != "model" or not facts.pipeline_tag:
            return None
        task = find_task(facts.pipeline_tag)
        if task is None or task.name not in BOXES or not ways_of(task):
            return self._note(f"Models for {facts.pipeline_tag} cannot be run here yet; its files are.")
        if _holds_pickles_alone(facts):
            return self._note(
                "It holds no model.safetensors. Weights in other formats can run code when they are loaded, "
                "so they are not run here; push it saved by save_pretrained."
            )
        self._inference.expect(repo.ref.id)
        box = BOXES[task.name]
        card = facts.card if _made_for(facts.card, task) else {}  # its examples are those of its own task
        samples = list_samples(card, box, href_of=self._href_of(repo.ref))
        files = {known.name for known in box.files}
        shown = samples[0].fields if samples else box.example
        texts = {name: text for name, text in shown.items() if name not in files}
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        empty = Try(box=box, values={**box.defaults, **texts, _FROM: here})
        return self._form(request, repo.ref, empty, samples=samples, is_chat=_has_chat_template(facts))

    def _note(self, reason: str) -> Markup:
        return self._web.fragment("inference/cannot.html", WidgetNote(reason=reason))

    async def try_it(self, request: Request) -> Response:
        """Run the form once. A refusal by the model is shown in the form; the page itself is fine."""
        repo = RepoRef("model", request.path_params["ns"], request.path_params["name"])
        tried = await _read_try(request)
        turns = read_turns(tried.values.get("messages", ""))
        is_chat = "messages" in tried.values  # only the form of a conversation carries it
        ask_for(actor_of(request))
        try:
            spec = await asyncio.to_thread(
                self._inference.spec, actor_of(request), repo.id, task=tried.box.task
            )
        except HubError as error:
            if error.status in (401, 404):
                raise  # there is no such model, as far as this visitor may know
            outcome = Outcome(error=error.message, turns=turns)
        else:
            outcome = await unless_gone(request, self._run(spec, repo, tried, turns))
            if outcome.error:
                outcome = replace(outcome, related=await self._related(request, spec, outcome.error))
            is_chat = is_chat or bool(outcome.turns)
        widget = self._form(request, repo, tried, outcome=outcome, is_chat=is_chat)
        page = WidgetPage(repo_id=repo.id, repo_href=self._urls.repo(repo), widget=widget)
        return self._web.page(request, "inference/try.html", page)

    async def _related(self, request: Request, spec: EngineSpec, error: str) -> Sequence[Markup]:
        key = spec.key
        parts: list[Markup] = await asyncio.to_thread(
            self._slots.parts,
            "run.failed",
            request,
            key.repo_key,
            key.task,
            error.replace(spec.name, "the model"),
        )
        return parts

    async def back(self, request: Request) -> Response:
        """A reload of the answer's address leads to the model."""
        repo = RepoRef("model", request.path_params["ns"], request.path_params["name"])
        return RedirectResponse(self._urls.repo(repo), status_code=303)

    async def _run(self, spec: EngineSpec, repo: RepoRef, tried: Try, turns: Sequence[Turn]) -> Outcome:
        """What came of the try. What is wrong with the form is told before anything is loaded."""
        href_of = self._href_of(repo)
        try:
            given = await asyncio.to_thread(
                understand,
                tried,
                open_file=lambda name: open_sample(name, spec.folder, href_of=href_of),
                allow_private=self._allow_private,
            )
            engine: EngineProcess = await asyncio.wrap_future(
                await asyncio.to_thread(self._inference.engine, spec)
            )
            return await asyncio.to_thread(_outcome, given, await ask(engine, given, turns))
        except HubError as error:
            return Outcome(error=error.message, turns=turns)

    def _href_of(self, repo: RepoRef) -> Callable[[str], str]:
        def href_of(name: str) -> str:
            if name.startswith(OURS):
                return self._web.assets.url(f"inference/samples/{Path(name).name}")
            return self._urls.resolve(repo, "main", name)

        return href_of

    def _form(
        self,
        request: Request,
        repo: RepoRef,
        tried: Try,
        *,
        is_chat: bool,
        samples: Sequence[Sample] = (),
        outcome: Outcome | None = None,
    ) -> Markup:
        turns = outcome.turns if outcome else ()
        answered = is_chat and outcome is not None and outcome.error is None
        box = tried.box if is_chat or tried.box.task != "text-generation" else _CONTINUES
        context = WidgetForm(
            task=box.task,
            action=box.action,
            fields=box.fields,
            parameters=box.parameters,
            choices={
                p.name: [Choice(value=value, label=label) for value, label in p.choices.items()]
                for p in box.parameters
            },
            is_chat=is_chat,
            repo_id=repo.id,
            start_href=_start_of(tried.values.get(_FROM, ""), self._urls.repo(repo)),
            post_href=f"/models/{repo.id}/try",
            api_href=f"/models/{repo.id}/v1",
            csrf_token=csrf_of(request),
            values={**tried.values, "text": ""} if answered else tried.values,
            kept=json.dumps({f.name: tried.values[f.name] for f in box.files if tried.values.get(f.name)}),
            samples=samples,
            messages=write_turns(turns),
            outcome=outcome,
        )
        return self._web.fragment("inference/widget.html", context)


# A model that knows no conversations goes on with what is written.
_CHAT = BOXES["text-generation"]
_CONTINUES = replace(
    _CHAT, action="Continue", fields=[replace(known, label="Text to continue") for known in _CHAT.fields]
)


def _outcome(given: Given, answer: Answer) -> Outcome:
    is_chat = bool(answer.turns)
    return Outcome(
        drawing=None if is_chat else draw(given, answer),
        json=to_json(answer),
        took_s=answer.took_s,
        read=given.read,
        shown=_shown(given),
        turns=answer.turns,
    )


# Drawings that show what was tried themselves.
_SHOWN_IN = frozenset({"boxes", "lines", "masks", "depth", "points", "voices"})


def _shown(given: Given) -> list[Shown]:
    if given.box.draws in _SHOWN_IN:
        return []
    kinds = {known.name: known.kind for known in given.box.files}
    pairs = [(kinds[name], _href(file, kinds[name])) for name, file in given.files.items()]
    return [Shown(kind=kind, href=href) for kind, href in pairs if href]


def _href(file: GivenFile, kind: str) -> str | None:
    if kind != "picture":
        return media_href(file, kind)
    picture = look_at_picture(file, "")
    return picture.href if picture else None


async def _read_try(request: Request) -> Try:
    """Raises Invalid for a task that has no box, or an example that cannot be read."""
    form = await read_form(request, max_files=4)
    try:
        box = get_box(text_of(form, "task"))
        values = {name: value.strip() for name, value in form.items() if isinstance(value, str)}
        uploads = {
            name: await value.read(BODY_MAX_BYTES)
            for name, value in form.items()
            if not isinstance(value, str)
        }
    finally:
        await form.close()
    # The name of a file comes from an example alone: the field itself sends bytes.
    files = {known.name for known in box.files}
    values = {name: text for name, text in values.items() if name not in files}
    if values.get("example"):
        values = {name: text for name, text in values.items() if not name.endswith("_link")}
        values |= read_sample(values["example"])
        uploads = {}
    elif values.get("kept"):
        values = {name: text for name, text in read_sample(values["kept"]).items() if name in files} | values
    return Try(
        box=box, values=values, uploads={name: content for name, content in uploads.items() if content}
    )


def _made_for(card: Mapping[str, Any], task: Task) -> bool:
    """Whether `card` speaks of `task`, or of none."""
    tag = card.get("pipeline_tag")
    return not isinstance(tag, str) or find_task(tag) == task


def _holds_pickles_alone(facts: FactsLike) -> bool:
    """Whether it is a model of transformers without weights that may be loaded. Its files are not looked at."""
    is_transformers = facts.library_name in (None, "transformers") and bool(
        (facts.config or {}).get("architectures")
    )
    return is_transformers and facts.safetensors is None and facts.gguf is None


def _start_of(here: str, repo_href: str) -> str:
    """The page that the form was on, if that is one of this hub."""
    return here if here.startswith("/") and not here.startswith(("//", "/\\")) else repo_href


def _has_chat_template(facts: FactsLike) -> bool:
    config = facts.config or {}
    return bool(config.get("chat_template_jinja") or config.get("tokenizer_config", {}).get("chat_template"))

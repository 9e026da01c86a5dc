"""The box on a model's page in which anybody tries it: a form for each task, rendered here, working without script.

The form posts to a page of its own, which shows it again with the answer. Scripts sharpen: chat streams word by
word (through /v1), sounds are recorded, other answers replace the old one in place. A page of another room shows the
same box through the slot `repo.widget`: the task is the `pipeline_tag` of the facts that it hands over.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from openhearth.errors import HubError
from openhearth.inference import calls
from openhearth.inference.askers import ask_for
from openhearth.inference.bodies import unless_gone
from openhearth.inference.box.asking import ask
from openhearth.inference.box.call_lines import write_call
from openhearth.inference.box.declared import BOXES
from openhearth.inference.box.forms import Forms, Outcome, Place, failed, outcome_of, read_try
from openhearth.inference.box.given import Try, understand
from openhearth.inference.box.languages import languages_of_card
from openhearth.inference.box.samples import OURS, list_samples, open_sample
from openhearth.inference.box.turns import Turn, read_turns
from openhearth.inference.records import EngineSpec
from openhearth.inference.service import Inference
from openhearth.kit.names import RepoRef
from openhearth.pipelines.card import read_languages
from openhearth.pipelines.tasks import Task, find_task
from openhearth.pipelines.ways import ways_of
from openhearth.urls import Urls
from openhearth.web import Web
from openhearth.wire.request import actor_of
from openhearth.wire.room import Slots


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
        self.forms = Forms(web)

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
            return self.forms.note(f"Models for {facts.pipeline_tag} cannot be run here yet; its files are.")
        if _holds_pickles_alone(facts):
            return self.forms.note(
                "It holds no model.safetensors. Weights in other formats can run code when they are loaded, "
                "so they are not run here; push it saved by save_pretrained."
            )
        self._inference.expect(repo.ref.id)
        box = BOXES[task.name]
        card = facts.card if _made_for(facts.card, task) else {}  # its examples are those of its own task
        samples = list_samples(card, box, href_of=self._href_of(repo.ref))
        return self.forms.empty(
            request, self.place(repo.ref), box, samples, is_chat=_has_chat_template(facts),
            languages=languages_of_card(facts.card),
        )  # fmt: skip

    def place(self, repo: RepoRef) -> Place:
        """Where the box of `repo` stands."""
        return Place(
            name=repo.id,
            page_href=self._urls.repo(repo),
            post_href=f"/models/{repo.id}/try",
            api_href=f"/models/{repo.id}/v1",
        )

    async def try_it(self, request: Request) -> Response:
        """Run the form once. A refusal by the model is shown in the form; the page itself is fine."""
        repo = RepoRef("model", request.path_params["ns"], request.path_params["name"])
        tried = await read_try(request)
        turns = read_turns(tried.values.get("messages", ""))
        is_chat = "messages" in tried.values  # only the form of a conversation carries it
        ask_for(actor_of(request))
        languages: Sequence[str] = ()
        try:
            spec = await asyncio.to_thread(
                self._inference.spec, actor_of(request), repo.id, task=tried.box.task
            )
        except HubError as error:
            if error.status in (401, 404):
                raise  # there is no such model, as far as this visitor may know
            outcome = failed(error, turns=turns)
        else:
            languages = read_languages(spec.folder)
            outcome = await unless_gone(request, self._run(spec, repo, tried, turns))
            if outcome.error:
                outcome = replace(outcome, related=await self._related(request, spec, outcome.error))
            is_chat = is_chat or bool(outcome.turns)
        return self.forms.page(
            request, self.place(repo), tried, outcome, is_chat=is_chat, languages=languages
        )

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
            engine = await calls.engine_of(self._inference, spec)
            answer = await ask(engine, given, turns)
            lines = write_call(
                given,
                address=self._urls.absolute(f"/models/{repo.id}/pipeline/{given.box.task}"),
                needs_token=not await asyncio.to_thread(self._inference.is_open, repo.id),
            )
            return await asyncio.to_thread(outcome_of, given, answer, lines=lines)
        except HubError as error:
            return failed(error, turns=turns)

    def _href_of(self, repo: RepoRef) -> Callable[[str], str]:
        def href_of(name: str) -> str:
            if name.startswith(OURS):
                return self._web.assets.url(f"inference/samples/{Path(name).name}")
            return self._urls.resolve(repo, "main", name)

        return href_of


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


def _has_chat_template(facts: FactsLike) -> bool:
    config = facts.config or {}
    return bool(config.get("chat_template_jinja") or config.get("tokenizer_config", {}).get("chat_template"))

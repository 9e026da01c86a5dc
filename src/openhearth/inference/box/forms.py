"""The form of a box as a page shows it and as it comes back. Knows no model: a `Place` says where the box stands."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from markupsafe import Markup
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from openhearth.errors import HubError, TooLarge
from openhearth.inference.bodies import BODY_MAX_BYTES
from openhearth.inference.box.asking import Answer
from openhearth.inference.box.call_lines import CallLines
from openhearth.inference.box.declared import BOXES, Box, Field, Parameter, get_box
from openhearth.inference.box.drawings import Drawing, draw
from openhearth.inference.box.drawings.files import look_at_picture, media_href
from openhearth.inference.box.given import Given, GivenFile, Try
from openhearth.inference.box.languages import in_codes, language_choices
from openhearth.inference.box.samples import Sample, read_sample
from openhearth.inference.box.shown import to_json
from openhearth.inference.box.turns import Turn, write_turns
from openhearth.pipelines.reading import Read
from openhearth.web import Web
from openhearth.web.parts import Choice
from openhearth.wire.forms import read_form, text_of
from openhearth.wire.request import csrf_of

FILES_MAX = 4
FROM = "from"  # the field that says which page the form was on


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a box stands: at a model, or at a task that needs none. `api_href` is the model's own /v1."""

    name: str
    page_href: str
    post_href: str
    api_href: str = ""
    needs_model: bool = True


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
    field: str | None = None  # the field or parameter that the error speaks of
    lines: Sequence[CallLines] = ()
    related: Sequence[Markup] = ()  # earlier notes that the error reminds of


@dataclass(frozen=True, kw_only=True)
class WidgetForm:
    """Context of `inference/widget.html`."""

    task: str = field(metadata={"help": "The task, which decides the fields"})
    action: str = field(metadata={"help": "The word on the button"})
    fields: Sequence[Field] = field(metadata={"help": "What a person fills in"})
    parameters: Sequence[Parameter] = field(metadata={"help": "What may be set"})
    choices: Mapping[str, Sequence[Choice]] = field(
        metadata={"help": "What a parameter or a language may be, by its name"}
    )
    is_chat: bool = field(metadata={"help": "Whether the model answers, or only continues a text"})
    name: str = field(metadata={"help": "namespace/name of the model"})
    start_href: str = field(metadata={"help": "The page with the box, where one starts over"})
    post_href: str = field(metadata={"help": "Where the form posts to"})
    api_href: str = field(metadata={"help": "The model's own /v1, from which the script streams"})
    csrf_token: str = field(metadata={"help": "The proof that this page sent the form"})
    values: Mapping[str, str] = field(metadata={"help": "What the fields and parameters hold"})
    kept: str = field(metadata={"help": "The files of the example that was tried, for trying it again"})
    samples: Sequence[Sample] = field(metadata={"help": "What it may be tried with"})
    messages: str = field(metadata={"help": "The conversation so far, as the form sends it"})
    outcome: Outcome | None = field(metadata={"help": "What came of the last try"})
    errors: Mapping[str, str] = field(metadata={"help": "What is wrong with a field, by its name"})


@dataclass(frozen=True, kw_only=True)
class WidgetNote:
    """Context of `inference/cannot.html`."""

    reason: str = field(metadata={"help": "Why there is no box"})


@dataclass(frozen=True, kw_only=True)
class WidgetPage:
    """Context of `inference/try.html`."""

    name: str = field(metadata={"help": "namespace/name of the model, or the task"})
    page_href: str = field(metadata={"help": "Its own page"})
    widget: Markup = field(metadata={"help": "The form with its outcome"})


class Forms:
    """Renders boxes."""

    def __init__(self, web: Web) -> None:
        self._web = web

    def form(
        self,
        request: Request,
        place: Place,
        tried: Try,
        *,
        is_chat: bool = False,
        samples: Sequence[Sample] = (),
        outcome: Outcome | None = None,
        languages: Sequence[str] = (),
    ) -> Markup:
        """`languages`: what the model says it knows; all that have a name, if it does not say."""
        turns = outcome.turns if outcome else ()
        answered = is_chat and outcome is not None and outcome.error is None
        box = tried.box if is_chat or tried.box.task != "text-generation" else _CONTINUES
        context = WidgetForm(
            task=box.task,
            action=box.action,
            fields=[known for known in box.fields if not (known.without_model and place.needs_model)],
            parameters=box.parameters,
            choices={**_choices(box), **language_choices(box, tried.values, languages)},
            is_chat=is_chat,
            name=place.name,
            start_href=start_of(tried.values.get(FROM, ""), place.page_href),
            post_href=place.post_href,
            api_href=place.api_href,
            csrf_token=csrf_of(request),
            values={**in_codes(box, tried.values), "text": ""} if answered else in_codes(box, tried.values),
            kept=json.dumps({f.name: tried.values[f.name] for f in box.files if tried.values.get(f.name)}),
            samples=samples,
            messages=write_turns(turns),
            outcome=outcome,
            errors=_errors(box, outcome),
        )
        return self._web.fragment("inference/widget.html", context)

    def empty(
        self,
        request: Request,
        place: Place,
        box: Box,
        samples: Sequence[Sample],
        *,
        is_chat: bool = False,
        languages: Sequence[str] = (),
    ) -> Markup:
        """The form as one finds it: what can be written is filled with the first example."""
        files = {known.name for known in box.files}
        shown = samples[0].fields if samples else box.example
        texts = {name: text for name, text in shown.items() if name not in files}
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        tried = Try(box=box, values={**box.defaults, **texts, FROM: here})
        return self.form(request, place, tried, is_chat=is_chat, samples=samples, languages=languages)

    def note(self, reason: str) -> Markup:
        """Why there is no form, in a line."""
        return self._web.fragment("inference/cannot.html", WidgetNote(reason=reason))

    def page(
        self,
        request: Request,
        place: Place,
        tried: Try,
        outcome: Outcome,
        *,
        is_chat: bool = False,
        languages: Sequence[str] = (),
    ) -> Response:
        """The form with its outcome, as a page of its own."""
        widget = self.form(request, place, tried, outcome=outcome, is_chat=is_chat, languages=languages)
        page = WidgetPage(name=place.name, page_href=place.page_href, widget=widget)
        return self._web.page(request, "inference/try.html", page)


# A model that knows no conversations goes on with what is written.
_CHAT = BOXES["text-generation"]
_CONTINUES = replace(
    _CHAT, action="Continue", fields=[replace(known, label="Text to continue") for known in _CHAT.fields]
)


def _choices(box: Box) -> dict[str, list[Choice]]:
    return {
        parameter.name: [Choice(value=value, label=label) for value, label in parameter.choices.items()]
        for parameter in box.parameters
    }


def failed(error: HubError, *, turns: Sequence[Turn] = ()) -> Outcome:
    """What the page shows of a refusal."""
    about = error.extra.get("param")
    return Outcome(error=error.message, field=about if isinstance(about, str) else None, turns=turns)


def _errors(box: Box, outcome: Outcome | None) -> dict[str, str]:
    """The error of `outcome` as it stands beside its field, without the name that the field has already."""
    if outcome is None or outcome.error is None or outcome.field is None:
        return {}
    shown = {known.name for known in box.fields} | {f"{known.name}_link" for known in box.files}
    shown |= {parameter.name for parameter in box.parameters if parameter.kind != "switch"}
    name, _, says = outcome.error.partition(": ")
    return {name: says[:1].upper() + says[1:]} if name == outcome.field and name in shown else {}


def outcome_of(given: Given, answer: Answer, *, lines: Sequence[CallLines] = ()) -> Outcome:
    """What the page shows of `answer`."""
    is_chat = bool(answer.turns)
    return Outcome(
        drawing=None if is_chat else draw(given, answer),
        json=to_json(answer),
        took_s=answer.took_s,
        read=given.read,
        shown=_shown(given),
        turns=answer.turns,
        lines=lines,
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


async def read_try(request: Request) -> Try:
    """What the form sent. Raises Invalid for a task that has no box, or an example that cannot be read."""
    if int(request.headers.get("content-length", 0)) > FILES_MAX * BODY_MAX_BYTES:
        raise TooLarge(f"form: more than {FILES_MAX * BODY_MAX_BYTES >> 20} MiB; choose smaller files.")
    form = await read_form(request, max_files=FILES_MAX)
    try:
        box = get_box(text_of(form, "task"))
        values = {name: value.strip() for name, value in form.items() if isinstance(value, str)}
        uploads = {
            name: await _read_upload(name, value)
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


async def _read_upload(name: str, upload: UploadFile) -> bytes:
    if (upload.size or 0) > BODY_MAX_BYTES:
        raise TooLarge(f"{name}: this file is larger than {BODY_MAX_BYTES >> 20} MiB; choose a smaller one.")
    return await upload.read()


def start_of(here: str, page_href: str) -> str:
    """The page that the form was on, if that is one of this hub."""
    return here if here.startswith("/") and not here.startswith(("//", "/\\")) else page_href

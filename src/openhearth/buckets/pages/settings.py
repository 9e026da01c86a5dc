"""Who may see a bucket, what it is called, and its end."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.access import Action, Visibility
from openhearth.buckets.addressing import PAGE
from openhearth.buckets.pages.frame import BucketFrame, BucketHead, OpenBucket
from openhearth.buckets.pages.lists import VISIBILITIES
from openhearth.errors import Conflict, Forbidden, Invalid
from openhearth.kit.names import BucketRef
from openhearth.repos.pages.create import owners_of
from openhearth.web.parts import Choice
from openhearth.wire.forms import text_of


@dataclass(frozen=True, kw_only=True)
class SettingsPage:
    """Context of `buckets/settings.html`."""

    head: BucketHead
    visibility: str
    visibilities: Sequence[Choice]
    owners: Sequence[Choice]
    values: dict[str, str] = field(metadata={"help": "What was typed: owner, name, confirm"})
    errors: dict[str, str] = field(metadata={"help": "Field name → what is wrong with it"})
    saved: bool


class SettingsPages:
    def __init__(self, frame: BucketFrame) -> None:
        self.frame = frame
        self.catalogue = frame.buckets.catalogue
        self.urls = frame.urls

    def routes(self) -> list[Route]:
        return [
            Route(f"{PAGE}/settings", self.show, methods=["GET"]),
            self.frame.form("/settings/visibility", Action.ADMIN, self.change_visibility),
            self.frame.form("/settings/move", Action.ADMIN, self.move),
            self.frame.form("/settings/delete", Action.ADMIN, self.delete),
        ]

    def show(self, request: Request) -> Response:
        return self._page(self.frame.open(request, Action.ADMIN))

    def _page(
        self,
        opened: OpenBucket,
        *,
        values: dict[str, str] | None = None,
        errors: dict[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        ref = opened.bucket.ref
        owners = list(dict.fromkeys([ref.namespace, *owners_of(opened.actor)]))
        page = SettingsPage(
            head=self.frame.head(opened, "Settings"),
            visibility=opened.bucket.visibility,
            visibilities=VISIBILITIES,
            owners=[Choice(value=name, label=name) for name in owners],
            values={"owner": ref.namespace, "name": ref.name, "confirm": "", **(values or {})},
            errors=errors or {},
            saved=opened.request.query_params.get("saved") == "1",
        )
        return self.frame.web.page(opened.request, "buckets/settings.html", page, status=status)

    def change_visibility(self, opened: OpenBucket, form: FormData) -> Response:
        kinds: dict[str, Visibility] = {"public": "public", "private": "private"}
        wanted = kinds.get(text_of(form, "visibility"))
        if wanted is None:
            raise Invalid("visibility: choose public or private.")
        self.catalogue.change_visibility(opened.actor, opened.bucket, wanted)
        return self._saved(opened.bucket.ref)

    def move(self, opened: OpenBucket, form: FormData) -> Response:
        values = {"owner": text_of(form, "owner"), "name": text_of(form, "name", default="")}
        new = BucketRef(values["owner"], values["name"])
        try:
            moved = self.catalogue.move(opened.actor, opened.bucket.ref, new)
        except (Invalid, Conflict, Forbidden) as error:
            name = "owner" if isinstance(error, Forbidden) else "name"
            return self._page(opened, values=values, errors={name: error.message}, status=error.status)
        return self._saved(moved.ref)

    def delete(self, opened: OpenBucket, form: FormData) -> Response:
        confirm, bucket = text_of(form, "confirm", default=""), opened.bucket
        if confirm != bucket.id:
            error = f"confirm: {confirm[:100]!r} is not {bucket.id!r}; type it exactly to delete the bucket."
            return self._page(opened, values={"confirm": confirm}, errors={"confirm": error}, status=400)
        self.catalogue.delete(opened.actor, bucket.ref)
        return RedirectResponse(self.urls.profile(bucket.ref.namespace), 303)

    def _saved(self, ref: BucketRef) -> Response:
        return RedirectResponse(f"{self.urls.bucket_page(ref, 'settings')}?saved=1", 303)

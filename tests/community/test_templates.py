"""Templates of the parts and their contexts agree: a page uses what its context declares, all of it and nothing else."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path

import pytest
from jinja2 import Environment, meta, nodes

from openhearth import community
from openhearth.web.filters import FILTERS

ROOM = Path(community.__file__).parent
_NAMED = re.compile(r"Context of `([a-z]+/[a-z_]+\.html)`")
_EVERYWHERE = {"shell", "static", "urls"}
_CONTEXTS = ("collections.contexts", "follows.pages", "notifications.pages")


def _contexts() -> Iterator[tuple[str, type]]:
    for name in _CONTEXTS:
        for value in vars(import_module(f"{community.__name__}.{name}")).values():
            if isinstance(value, type) and is_dataclass(value):
                named = _NAMED.search(value.__doc__ or "")
                if named:
                    yield named[1], value


def _made_by(tree: nodes.Template) -> set[str]:
    """Macros that the template imports or defines, and variables that it sets; blocks see them all."""
    imported = {
        name if isinstance(name, str) else name[1]
        for node in tree.find_all(nodes.FromImport)
        for name in node.names
    }
    defined = {macro.name for macro in tree.find_all(nodes.Macro)}
    return (
        imported
        | defined
        | {node.target.name for node in tree.find_all(nodes.Assign) if isinstance(node.target, nodes.Name)}
    )


@pytest.mark.parametrize(("template", "context"), sorted(dict(_contexts()).items()))
def test_a_template_uses_exactly_the_fields_of_its_context(template: str, context: type) -> None:
    part, _, file = template.partition("/")
    environment = Environment(extensions=["jinja2.ext.do"], autoescape=True)
    environment.filters.update(FILTERS)
    tree = environment.parse((ROOM / part / "templates" / file).read_text())
    used = meta.find_undeclared_variables(tree) - _EVERYWHERE - _made_by(tree)
    assert used == {field.name for field in fields(context)}


def test_every_template_has_a_context() -> None:
    named = {template for template, _ in _contexts()}
    for name in _CONTEXTS:
        part = name.partition(".")[0]
        found = {f"{part}/{path.name}" for path in (ROOM / part / "templates").glob("*.html")}
        assert found <= named

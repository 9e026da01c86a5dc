"""Templates and their contexts agree: a page uses what its context declares, all of it and nothing else."""

import re
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from jinja2 import Environment, meta, nodes

from openhearth.repos import pages
from openhearth.web.filters import FILTERS

TEMPLATES = Path(pages.__file__).parent.parent / "templates"
_NAMED = re.compile(r"Context of `repos/([a-z_]+\.html)`")
_EVERYWHERE = {"shell", "static", "urls"}


def _contexts() -> dict[str, type]:
    found: dict[str, type] = {}
    for module in iter_modules(pages.__path__):
        for value in vars(import_module(f"{pages.__name__}.{module.name}")).values():
            named = (
                _NAMED.search(value.__doc__ or "")
                if isinstance(value, type) and is_dataclass(value)
                else None
            )
            if named:
                found[named[1]] = value
    return found


def _names_made_by(tree: nodes.Template) -> set[str]:
    """Macros that the template imports and variables that it sets; blocks see both."""
    imported = {
        name if isinstance(name, str) else name[1]
        for node in tree.find_all(nodes.FromImport)
        for name in node.names
    }
    return imported | {
        node.target.name for node in tree.find_all(nodes.Assign) if isinstance(node.target, nodes.Name)
    }


@pytest.mark.parametrize("template", sorted(path.name for path in TEMPLATES.glob("*.html")))
def test_a_template_uses_exactly_the_fields_of_its_context(template: str) -> None:
    environment = Environment(extensions=["jinja2.ext.do"], autoescape=True)
    environment.filters.update(FILTERS)
    tree = environment.parse((TEMPLATES / template).read_text())
    used = meta.find_undeclared_variables(tree) - _EVERYWHERE - _names_made_by(tree)
    assert used == {field.name for field in fields(_contexts()[template])}

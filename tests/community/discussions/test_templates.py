"""Templates and their contexts agree: a page uses what its context declares, all of it and nothing else."""

import re
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from jinja2 import Environment, meta, nodes

from openhearth.community.discussions import pages
from openhearth.web.filters import FILTERS

TEMPLATES = Path(pages.__file__).parent.parent / "templates"
_NAMED = re.compile(r"Context of `discussions/([a-z_]+\.html)`")


def _contexts() -> dict[str, type]:
    found: dict[str, type] = {}
    for module in iter_modules(pages.__path__):
        for value in vars(import_module(f"{pages.__name__}.{module.name}")).values():
            if isinstance(value, type) and is_dataclass(value):
                named = _NAMED.search(value.__doc__ or "")
                if named:
                    found[named[1]] = value
    return found


@pytest.mark.parametrize("template", sorted(path.name for path in TEMPLATES.glob("*.html")))
def test_a_template_uses_exactly_the_fields_of_its_context(template: str) -> None:
    environment = Environment(extensions=["jinja2.ext.do"], autoescape=True)
    environment.filters.update(FILTERS)
    tree = environment.parse((TEMPLATES / template).read_text())
    imported = {
        name if isinstance(name, str) else name[1]
        for node in tree.find_all(nodes.FromImport)
        for name in node.names
    }
    set_here = {n.target.name for n in tree.find_all(nodes.Assign) if isinstance(n.target, nodes.Name)}
    used = meta.find_undeclared_variables(tree) - {"shell", "static", "urls"} - imported - set_here
    assert used == {field.name for field in fields(_contexts()[template])}

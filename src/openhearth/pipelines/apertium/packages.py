"""How Apertium comes onto a machine: its packages in Debian and Ubuntu, by the languages they join."""

from openhearth.pipelines.apertium.pairs import Pair, can_translate, find_route, list_pairs, machine_folder
from openhearth.pipelines.languages import Tongues, find_language

# Package → what it translates; "<" and ">" where it goes one way alone. From the packages of Debian 12.
_PACKAGES = """
apertium-eng-spa en-es; apertium-fr-es fr-es; apertium-es-pt es-pt; apertium-spa-cat es-ca; apertium-eng-cat en-ca;
apertium-fra-cat fr-ca; apertium-por-cat pt-ca; apertium-cat-ita ca-it; apertium-spa-ita es-it; apertium-es-gl es-gl;
apertium-en-gl en-gl; apertium-pt-gl pt-gl; apertium-es-ro ro>es; apertium-oc-es oc-es; apertium-oci-fra oc-fr;
apertium-spa-ast es>ast; apertium-spa-arg es-an; apertium-eu-es eu>es; apertium-eu-en eu>en; apertium-eo-en eo-en;
apertium-eo-es es>eo; apertium-eo-fr fr>eo; apertium-isl-eng is>en; apertium-isl-swe is-sv; apertium-hbs-eng sh-en;
apertium-hbs-mkd sh-mk; apertium-hbs-slv sh-sl; apertium-mkd-eng mk>en; apertium-mkd-bul mk-bg; apertium-rus-ukr ru-uk;
apertium-bel-rus be-ru; apertium-afr-nld af-nl; apertium-ind-zlm id-ms; apertium-swe-dan sv-da; apertium-swe-nor sv-nb;
apertium-dan-nor da-nb; apertium-nno-nob nn-nb; apertium-br-fr br>fr; apertium-srd-ita it>sc; apertium-urd-hin ur-hi
"""


def _packaged() -> tuple[Pair, ...]:
    """What could be installed; `mode` holds the package."""
    found = []
    for entry in _PACKAGES.replace("\n", " ").split(";"):
        package, languages = entry.split()
        a, b = languages.replace(">", "-").split("-")
        found += [Pair(a, b, "", package)] + ([] if ">" in languages else [Pair(b, a, "", package)])
    return tuple(found)


def packages_for(source: str, target: str) -> tuple[str, ...]:
    """The packages that translate so, each once; none where there is no way."""
    route = find_route(_packaged(), source, target) or ()
    return tuple(dict.fromkeys(pair.mode for pair in route))


def remedy_for(source: str | None, target: str | None) -> str:
    """How to get Apertium for two languages; nothing where it has no way, or is here."""
    a, b = find_language(source or "en"), find_language(target or "")
    if a is None or b is None:
        return ""
    here = machine_folder()
    if here is not None and can_translate(list_pairs(here), Tongues(a, b)):
        return ""
    packages = packages_for(a, b)
    wanted = f"sudo apt-get install {' '.join(packages)} (Debian, Ubuntu)"
    return f" Apertium translates these languages by rules: {wanted}." if packages else ""

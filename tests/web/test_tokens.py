"""The tokens: the only place of colours, and every pair of ink and ground that meets can be read."""

import math
import re
from pathlib import Path

import pytest

import openhearth.web

STATIC = Path(openhearth.web.__file__).parent / "static"
DECLARATION = re.compile(r"--([a-z0-9-]+):\s*([^;]+);")
OKLCH = re.compile(r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)")
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(rgb|rgba|hsl|oklch|oklab|light-dark|color)\(")
READABLE, VISIBLE = 4.5, 3.0  # WCAG 2.2 AA: text, and the shape of controls

INKS = ["text", "text-soft", "text-faint", "link", "good", "warn", "bad", "model", "dataset", "space"]
CODE_INKS = ["code-comment", "code-keyword", "code-name", "code-string", "code-number", "code-builtin"]
PAIRS = [
    *((ink, ground, READABLE) for ink in INKS for ground in ("ash", "surface", "surface-raised", "hover")),
    *((ink, "surface-sunk", READABLE) for ink in (*CODE_INKS, "text", "text-soft", "text-faint", "link")),
    *((ink, "surface", READABLE) for ink in CODE_INKS),
    *((kind, f"{kind}-wash", READABLE) for kind in ("good", "warn", "bad", "dataset", "space")),
    *(("text", f"{kind}-wash", READABLE) for kind in ("good", "warn", "bad", "dataset", "ember")),
    *((f"tone-{n}", "on-tone", READABLE) for n in range(6)),
    ("link", "ember-wash", READABLE),
    ("on-ember", "ember", READABLE),
    ("on-ember", "ember-hot", READABLE),
    ("on-bad", "bad", READABLE),
    ("on-iron", "iron", READABLE),
    ("on-iron", "iron-raised", READABLE),
    ("on-iron-soft", "iron", READABLE),
    ("on-iron-soft", "iron-raised", READABLE),
    ("iron", "flame", READABLE),
    ("ash", "text", READABLE),
    ("line-strong", "surface-raised", VISIBLE),
    ("line-strong", "ash", VISIBLE),
    ("focus", "ash", VISIBLE),
    ("focus", "surface", VISIBLE),
    ("flame-core", "iron", VISIBLE),
    ("ember", "surface-sunk", VISIBLE),
]


def read_tokens(theme: int) -> dict[str, str]:
    declared = dict(DECLARATION.findall((STATIC / "tokens.css").read_text()))

    def resolve(value: str) -> str:
        inner = re.fullmatch(r"var\(--([a-z0-9-]+)\)", value.strip())
        if inner:
            return resolve(declared[inner[1]])
        both = re.fullmatch(r"light-dark\((oklch\([^)]*\)), (oklch\([^)]*\))\)", value.strip())
        return both[theme + 1] if both else value

    return {name: resolve(value) for name, value in declared.items()}


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2) of an oklch colour; out-of-gamut channels are clipped as screens do."""
    found = OKLCH.fullmatch(colour)
    assert found, colour
    lightness, chroma, hue = (float(part) for part in found.groups())
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    l, m, s = (  # noqa: E741 - the names of the cone responses
        (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3,
        (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3,
        (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3,
    )
    red = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s
    green = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s
    blue = -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s
    red, green, blue = (min(max(channel, 0.0), 1.0) for channel in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_pair_that_meets_can_be_read(theme: int) -> None:
    tokens = read_tokens(theme)
    weak = []
    for ink, ground, wanted in PAIRS:
        light, dark = sorted((luminance(tokens[ink]), luminance(tokens[ground])), reverse=True)
        contrast = (light + 0.05) / (dark + 0.05)
        if contrast < wanted:
            weak.append(f"{ink} on {ground}: {contrast:.2f}, wanted {wanted}")

    assert weak == []


def test_colours_and_fonts_are_spelled_in_the_tokens_alone() -> None:
    for sheet in sorted((STATIC / "css").glob("*.css")):
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S)
        assert not COLOUR.search(text), f"{sheet.name}: {COLOUR.search(text)}"
        assert "font-family: var(" in text or "font-family:" not in text, sheet.name


def test_every_token_a_sheet_uses_is_declared() -> None:
    declared = set(read_tokens(0))
    for sheet in sorted((STATIC / "css").glob("*.css")):
        used = set(re.findall(r"var\(--([a-z0-9-]+)", sheet.read_text()))
        assert used <= declared, f"{sheet.name}: {sorted(used - declared)}"

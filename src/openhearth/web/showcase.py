"""`/-/components`: every component in every state, with ordinary and extreme content, all of it made up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from markupsafe import Markup

from openhearth.web.highlight import highlight_lines
from openhearth.web.markdown import render_markdown
from openhearth.web.parts import (
    Choice,
    Column,
    Crumb,
    DiffFile,
    Facet,
    FileRow,
    Paging,
    RepoSummary,
    Tab,
    TensorNode,
)
from openhearth.web.samples import (
    CHOICES,
    COLUMNS,
    ROWS,
    sample_diffs,
    sample_facet,
    sample_files,
    sample_repos,
    sample_tabs,
    sample_tensors,
)


@dataclass(frozen=True, kw_only=True)
class ShowcasePage:
    """Context of `web/showcase.html`."""

    icon_names: Sequence[str]
    repos: Sequence[RepoSummary]
    tabs_shown: Sequence[Tab]
    crumbs: Sequence[Crumb]
    facet: Facet
    paging: Paging
    files: Sequence[FileRow]
    code: Sequence[Markup]
    columns: Sequence[Column]
    rows: Sequence[Sequence[object]]
    diffs: Sequence[DiffFile]
    tensors: Sequence[TensorNode]
    choices: Sequence[Choice]
    prose: Markup
    moments: Sequence[datetime]


def sample_page(icon_names: Sequence[str]) -> ShowcasePage:
    now = datetime.now(UTC)
    return ShowcasePage(
        icon_names=icon_names,
        repos=sample_repos(now),
        tabs_shown=sample_tabs(),
        crumbs=[
            Crumb(label="tiny-summary", href="#"),
            Crumb(label="checkpoints", href="#"),
            Crumb(label="config.json"),
        ],
        facet=sample_facet(),
        paging=Paging(previous_href="#", next_href="#", page=3, page_count=1204, total=36_120),
        files=sample_files(now),
        code=highlight_lines(_CODE, "modeling.py"),
        columns=COLUMNS,
        rows=ROWS,
        diffs=sample_diffs(),
        tensors=sample_tensors(),
        choices=CHOICES,
        prose=render_markdown(_CARD),
        moments=[now - timedelta(seconds=s) for s in (5, 300, 90_000, 9_000_000, 99_000_000)],
    )


_CODE = '''"""A layer, as the paper draws it."""

import torch
from torch import nn


class Layer(nn.Module):
    def __init__(self, width: int = 512) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width, eps=1e-6)  # before, not after

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.norm(x) * 0.5 if x.ndim == 3 else f"{x.shape}"
'''
_CARD = """# Tiny summary

Writes **three sentences** about an article. See [the paper](https://example.org/paper) and `config.json`.

## Use

```python
from transformers import pipeline
print(pipeline("summarization", model="ada/tiny-summary")("A long text …"))
```

| Set | ROUGE-L | Rows |
|:----|--------:|-----:|
| news | 38.2 | 11490 |
| mail | 29.7 | 819 |

- [x] English
- [ ] German[^1]

> [!WARNING]
> It invents numbers.

The loss is $L = -\\sum_t \\log p(x_t \\mid x_{<t})$, over all tokens:

$$
\\operatorname{Attention}(Q,K,V) = \\operatorname{softmax}\\!\\left(\\frac{QK^\\top}{\\sqrt{d_k}}\\right) V
$$

[^1]: Somebody is at it.
"""

"""Parts with made-up content, ordinary and extreme, for the components page and the tests."""

from dataclasses import replace
from datetime import datetime, timedelta

from openhearth.web.parts import (
    Choice,
    Column,
    DiffFile,
    DiffHunk,
    DiffLine,
    Facet,
    FacetOption,
    FileRow,
    RepoSummary,
    Tab,
    TensorNode,
)

LONG = "x" * 96
RTL = "نموذج تلخيص النصوص العربية مع شرح مطوّل"


def sample_repos(now: datetime) -> list[RepoSummary]:
    return [
        RepoSummary(
            type="model",
            id="ada/tiny-summary",
            href="#",
            updated_at=now - timedelta(hours=3),
            summary="Summarises articles in three sentences; trained on a laptop in two hours.",
            task="Summarization",
            library="transformers",
            parameters=66_400_000,
            downloads=12_345,
            likes=87,
        ),
        RepoSummary(
            type="dataset",
            id="museum/furnace-readings",
            href="#",
            updated_at=now - timedelta(days=40),
            summary="Temperatures of an open hearth, one row a minute.",
            rows=2_400_000,
            downloads=310,
            likes=4,
        ),
        RepoSummary(
            type="space", id="ben/tokenizer-bench", href="#", updated_at=now, stage="running", likes=1
        ),
        RepoSummary(type="space", id="ben/broken-app", href="#", updated_at=now, stage="error", private=True),
        RepoSummary(
            type="model",
            id=f"{LONG}/{LONG}",
            href="#",
            updated_at=now - timedelta(days=900),
            summary=RTL * 4,
            task="Automatic Speech Recognition",
            library="sentence-transformers",
            parameters=1_760_000_000_000,
            downloads=9_999_999_999,
            likes=1_000_000,
            private=True,
            gated=True,
        ),
        RepoSummary(type="model", id="a/b", href="#", updated_at=now),
    ]


def sample_tabs() -> list[Tab]:
    return [
        Tab(label="Card", href="#", current=True, icon="file"),
        Tab(label="Files", href="#", icon="folder", count=12),
        Tab(label="Open", href="#", icon="lab"),
        Tab(label="Community", href="#", icon="chat", count=1432),
        Tab(label="Settings", href="#", icon="settings"),
    ]


def sample_facet() -> Facet:
    words = ("Text Generation", "Summarization", "Token Classification", "Translation", LONG)
    options = [
        FacetOption(label=word, href="#", count=98_765 // (n * n + 1), selected=n == 1)
        for n, word in enumerate(words)
    ]
    return Facet(title="Tasks", options=options, more_href="#")


def sample_files(now: datetime) -> list[FileRow]:
    rows = [
        FileRow(name="checkpoints", href="#", is_folder=True),
        FileRow(name="model.safetensors", href="#", size_bytes=265_483_072, mark="xet", download_href="#"),
        FileRow(name="optimizer.bin", href="#", size_bytes=4_812, mark="lfs", warning="Imports os.system."),
        FileRow(name="config.json", href="#", size_bytes=0, download_href="#"),
        FileRow(name=LONG + ".txt", href="#", size_bytes=5_400_000_000_000, download_href="#"),
    ]
    changed_at = now - timedelta(days=2)
    return [
        replace(row, commit_title="Train two more epochs", commit_href="#", changed_at=changed_at)
        if row.name != "config.json"
        else row
        for row in rows
    ]


def sample_diffs() -> list[DiffFile]:
    lines = [
        DiffLine(kind="same", text="{", old_number=1, new_number=1),
        DiffLine(kind="removed", text='  "hidden_dropout": 0.1,', old_number=2),
        DiffLine(kind="added", text='  "hidden_dropout": 0.0,', new_number=2),
        DiffLine(kind="added", text='  "note": "' + "long " * 60 + '"', new_number=3),
        DiffLine(kind="same", text="}", old_number=3, new_number=4),
    ]
    return [
        DiffFile(
            path="config.json",
            added=2,
            removed=1,
            hunks=[DiffHunk(header="@@ -1,3 +1,4 @@", lines=lines)],
            href="#",
        ),
        DiffFile(
            path="model.safetensors", status="added", note="Stored in the chunk store: 265.5 MB.", added=0
        ),
        DiffFile(path="b/new.txt", old_path="a/old.txt", status="renamed"),
    ]


def sample_tensors() -> list[TensorNode]:
    attention = [
        TensorNode(
            name=f"{part}_proj.weight",
            shape=(512, 512),
            dtype="F16",
            parameters=262_144,
            mark="changed" if part == "v" else "",
        )
        for part in "qkvo"
    ]
    layers = [
        TensorNode(
            name=f"layers.{n}",
            kind="DecoderLayer",
            parameters=3_150_336,
            open=n == 0,
            children=[
                TensorNode(
                    name="self_attn", kind="Attention", parameters=1_048_576, children=attention, open=n == 0
                ),
                TensorNode(name="norm.weight", shape=(512,), dtype="F32", parameters=512),
            ],
        )
        for n in range(3)
    ]
    head = TensorNode(
        name="lm_head.weight", shape=(32_000, 512), dtype="F16", parameters=16_384_000, mark="added", href="#"
    )
    return [
        TensorNode(name="model", kind="LlamaModel", parameters=25_835_520, children=layers, open=True),
        head,
    ]


CHOICES = [
    Choice(value="public", label="Public", hint="Anyone who reaches this hub can read it."),
    Choice(value="private", label="Private", hint="Only you, and members of the organisation."),
    Choice(value="internal", label="Internal", hint="Not offered here.", disabled=True),
]
COLUMNS = [
    Column(label="minute", detail="int64", align="end", sort_href="#", sorted="ascending"),
    Column(label="celsius", detail="float32", align="end", sort_href="#"),
    Column(label="remark", detail="string"),
]
ROWS: list[list[object]] = [
    [0, 1538.0, "tapped"],
    [1, 1541.25, None],
    [2, None, RTL],
    [123_456_789, 0.0000001, LONG * 3],
]

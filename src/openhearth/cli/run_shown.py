"""Answers as people read them in a terminal: labels with their shares, marked passages, plain text."""

import json
from typing import Any

from openhearth.cli.printable import printable
from openhearth.pipelines.tasks import Task

_TEXTS = ("summary_text", "translation_text", "generated_text", "text")
_SHOWN_NUMBERS = 8
_MADE = {"image": "a picture", "audio": "a sound", "video": "a film"}


def show(task: Task, answer: Any) -> str:
    """`answer` of `task` for people."""
    return printable(_shown(task, answer))


def _shown(task: Task, answer: Any) -> str:
    if task.gives != "json":
        return f"Made {_MADE[task.gives]}; keep it with --output FILE."
    if isinstance(answer, dict):
        return _show_row(answer)
    if isinstance(answer, list) and not answer:
        return "nothing found"
    if isinstance(answer, list) and answer and all(isinstance(row, dict) for row in answer):
        return "\n".join(_show_row(row) for row in answer)
    if (
        isinstance(answer, list)
        and answer
        and all(isinstance(row, list) for row in answer)
        and all(isinstance(row, dict) for rows in answer for row in rows)
    ):
        return "\n\n".join(_shown(task, row) for row in answer)
    return _numbers(answer)


def _show_row(row: dict[str, Any]) -> str:
    for name in _TEXTS:
        if isinstance(row.get(name), str):
            return (str(row[name]) or str(row.get("note", ""))) + _chunks(row)
    if "held_out" in row:
        return _learnt(row)
    if "start" in row and "end" in row and "answer" not in row and "word" not in row:
        return f"{_clock(row['start'])} – {_clock(row['end'])}" + (
            f"  {row['score']:.3f}" if "score" in row else ""
        )
    if "labels" in row and "scores" in row:
        return "\n".join(
            f"{score:.3f}  {label}" for label, score in zip(row["labels"], row["scores"], strict=True)
        )
    if "answer" in row:
        counted = "words" if isinstance(row.get("words"), list) else "characters"
        place = f"  ({counted} {row['start']}–{row['end']})" if row.get("end") else ""
        return f"{row['answer'] or 'not in this text'}{place}" + (
            f"  {row['score']:.3f}" if "score" in row else ""
        )
    if "word" in row:
        return f"{row['score']:.3f}  {row.get('entity_group') or row.get('entity')}  {row['word']}"
    if "label" in row and "score" in row:
        return f"{_share(row['score'])}  {row['label']}{_place(row)}"
    return json.dumps(row, ensure_ascii=False, default=str)


def _share(score: float | None) -> str:
    """A semantic segmenter gives no scores."""
    return "     " if score is None else f"{score:.3f}"


def _place(row: dict[str, Any]) -> str:
    """Where in a picture, and in which one."""
    box, path = row.get("box"), row.get("path")
    corners = f"  ({box['xmin']}, {box['ymin']}) – ({box['xmax']}, {box['ymax']})" if box else ""
    return corners + (f"  {path}" if path else "")


def _learnt(report: dict[str, Any]) -> str:
    """What a table or a series taught, and how far to trust it."""
    if "forecast" in report:
        steps = report.get("at") or range(1, len(report["forecast"]) + 1)
        values = zip(steps, report["forecast"], report["low"], report["high"], strict=True)
        lines = [f"{step}  {value:.4g}  ({low:.4g} to {high:.4g})" for step, value, low, high in values]
    else:
        predicted = zip(report["rows"], report["predictions"], strict=True)
        lines = [f"row {row + 1}  {value}" for row, value in predicted]
        counting = [one["column"] for one in report["importance"] if one["loss"] > 0][:5]
        lines += [f"what counts: {', '.join(counting) or 'no column in particular'}"]
    told = report["held_out"]
    said = f"{told['measure']} {told['value']:.3g} on {told['rows']} rows kept apart; a guess reaches {told['guess']:.3g}"
    return "\n".join([*lines, said])


def _chunks(row: dict[str, Any]) -> str:
    chunks = row.get("chunks") or []
    return "".join(
        f"\n{_clock(c['timestamp'][0])} – {_clock(c['timestamp'][1])}  {c['text'].strip()}" for c in chunks
    )


def _clock(seconds: float | None) -> str:
    return "…" if seconds is None else f"{int(seconds // 60):02}:{seconds % 60:05.2f}"


def _numbers(answer: Any) -> str:
    return json.dumps(
        answer.tolist() if hasattr(answer, "tolist") else answer, ensure_ascii=False, default=str
    )

"""Answers about texts, drawn: bars, marked spans, passages, rankings, texts beside their source."""

from collections.abc import Mapping, Sequence
from typing import Any

from openhearth.inference.box.asking import Answer
from openhearth.inference.box.drawings.records import (
    TONES,
    Drawing,
    Groups,
    Passage,
    Piece,
    Ranking,
    Score,
    Scores,
    Spans,
    Words,
)
from openhearth.inference.box.given import Given
from openhearth.pipelines.languages import language_name

_TEXT_KEYS = ("generated_text", "summary_text", "translation_text", "text")


def draw_scores(_given: Given, answer: Answer) -> Drawing:
    """`[{"label", "score"}]`, in a list of its own or not; or `{"labels", "scores"}`."""
    value = answer.value
    if isinstance(value, dict):
        pairs = list(zip(value["labels"], value["scores"], strict=True))
    else:
        rows = value[0] if isinstance(value[0], list) else value
        pairs = [(row["label"], row["score"]) for row in rows]
    return Scores(rows=[_score(str(label), score) for label, score in pairs])


def draw_guesses(_given: Given, answer: Answer) -> Drawing:
    """fill-mask: the words that may be hidden; a list for each mask if there are several."""
    masks = answer.value if isinstance(answer.value[0], list) else [answer.value]
    groups = [
        Scores(
            title=f"Hidden word {number}" if len(masks) > 1 else "",
            rows=[_score(str(row["token_str"]).strip() or "(a space)", row["score"]) for row in rows],
        )
        for number, rows in enumerate(masks, start=1)
    ]
    return groups[0] if len(groups) == 1 else Groups(groups=groups)


def draw_decisions(_given: Given, answer: Answer) -> Drawing:
    """A probability for each option of each question."""
    return Groups(
        groups=[
            Scores(title=name, rows=[_score(str(option), p) for option, p in said["probabilities"].items()])
            for name, said in answer.value.items()
        ]
    )


def draw_quiz(_given: Given, answer: Answer) -> Drawing:
    """Questions with their options, the right one marked."""
    return Groups(
        groups=[
            Scores(
                title=row["question"],
                rows=[
                    Score(
                        label=option,
                        share=float(at == row["correct"]),
                        text="✓" if at == row["correct"] else "",
                    )
                    for at, option in enumerate(row["options"])
                ],
            )
            for row in answer.value
        ]
    )


def draw_similarities(given: Given, answer: Answer) -> Drawing:
    rows = [
        Score(label=sentence, share=score, text=f"{round(score, 2) + 0.0:.2f}")
        for sentence, score in zip(given.fields["sentences"], answer.value, strict=True)
    ]
    return Scores(rows=rows, is_wide=True, nearness=answer.nearness if len(rows) > 1 else ())


def draw_ranking(_given: Given, answer: Answer) -> Drawing:
    return Ranking(rows=[_score(str(row["text"]), row["score"]) for row in answer.value])


def draw_answers(_given: Given, answer: Answer) -> Drawing:
    """Answers to a question about a picture; a model that writes gives one, without a score."""
    rows = answer.value if isinstance(answer.value, list) else [answer.value]
    if not any(row["answer"] for row in rows):
        return Words(text="There is no answer to this in the picture.")
    if all(row.get("score") is None for row in rows):
        return Words(text="\n".join(row["answer"] for row in rows))
    return Scores(rows=[_score(row["answer"] or "(no answer)", row["score"]) for row in rows])


def draw_text(given: Given, answer: Answer) -> Drawing:
    return Words(text=_text_of(answer.value), before=_continued(given))


def draw_beside(given: Given, answer: Answer) -> Drawing:
    """A text beside the one that it was made from."""
    found = answer.value[0].get("src_lang") if isinstance(answer.value, list) else None
    language = language_name(found) if isinstance(found, str) else ""
    return Words(text=_text_of(answer.value), source=given.fields["text"], language=language)


def draw_spans(given: Given, answer: Answer) -> Drawing:
    text = given.fields["text"]
    found = [(row["start"], row["end"], _entity(row), row["score"]) for row in answer.value]
    return Spans(pieces=cut(text, found), empty="Nothing in this text is marked.")


def draw_passage(given: Given, answer: Answer) -> Drawing:
    """The answer and its place. A span without length means that the text does not say."""
    rows = answer.value if isinstance(answer.value, list) else [answer.value]
    said = [row for row in rows if row["answer"] and row is not _first_nowhere(rows)]
    if rows and not rows[0]["answer"]:
        return Passage(answers=(), pieces=[Piece(text=given.fields["context"])])
    marks = [
        (row["start"], row["end"], str(n) if len(said) > 1 else "answer", row["score"])
        for n, row in enumerate(said, 1)
    ]
    return Passage(
        answers=[_score(row["answer"], row["score"]) for row in said],
        pieces=cut(given.fields["context"], marks),
    )


def cut(text: str, found: Sequence[tuple[int, int, str, float | None]]) -> list[Piece]:
    """`text` in runs, marked where something was found; what overlaps an earlier mark is left out."""
    tones = {label: at % TONES for at, label in enumerate(dict.fromkeys(label for _, _, label, _ in found))}
    pieces, at = [], 0
    for start, end, label, score in sorted(found, key=lambda mark: mark[:2]):
        if start < at or end <= start:
            continue
        if start > at:
            pieces.append(Piece(text=text[at:start]))
        pieces.append(Piece(text=text[start:end], label=label, score=score, tone=tones[label]))
        at = end
    return [*pieces, Piece(text=text[at:])] if at < len(text) else pieces


def _first_nowhere(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    return next((row for row in rows if row["start"] == row["end"]), None)


def _entity(row: Mapping[str, Any]) -> str:
    return str(row.get("entity_group") or row["entity"])


def _score(label: str, share: float) -> Score:
    return Score(label=label, share=float(share))


def _continued(given: Given) -> str:
    """What a model that knows no conversation was given to go on with."""
    return str(given.fields["text"]) if given.box.task == "text-generation" else ""


def _text_of(value: Any) -> str:
    row = value[0] if isinstance(value, list) else value
    text = next(row[key] for key in _TEXT_KEYS if key in row)
    # A conversation: the last turn is the answer.
    return str(text[-1]["content"]) if isinstance(text, list) else str(text)

"""question-answering: a question and a text in, the passage that answers out, with its place in the caller's own text.

Shapes and parameters are those that transformers had before its version 5: `{"score", "start", "end", "answer"}`. One
question to a list of texts is asked of all of them together: the answer then says from which document it is.
"""

from collections.abc import Mapping
from typing import Any

from openhearth.errors import Invalid
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.lists import checked_texts
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.question_asked import AskedAnswers
from openhearth.pipelines.question_documents import PassageIndex
from openhearth.pipelines.question_spans import MarkedAnswers, Span

NOWHERE: Mapping[str, Any] = {"start": 0, "end": 0, "answer": ""}


class QuestionAnswering:
    def __init__(self, answers: AskedAnswers | MarkedAnswers) -> None:
        self.answers = answers
        self.model, self.tokenizer = answers.model, answers.tokenizer
        self.index = PassageIndex()

    def __call__(
        self,
        inputs: Any = None,
        *,
        question: str | list[str] | None = None,
        context: str | list[str] | None = None,
        top_k: int = 1,
        handle_impossible_answer: bool = False,
        **parameters: Any,
    ) -> Any:
        """One answer, or a list: for several questions, or for `top_k` above one. An empty answer: not in this text.

        `inputs` may be a dict with both, a list of such, or the context alone beside `question=`. Several contexts for one
        question are documents: the answer has `document`, its place among them, `source`, where it was read, and `passage`.
        """
        documents = _documents(inputs, question, context)
        if documents is not None:
            assert isinstance(question, str)
            return self._search(question, documents, top_k, handle_impossible_answer, parameters)
        pairs, is_many = _pairs(inputs, question, context)
        rows = [self._answer(q, c, top_k, handle_impossible_answer, parameters) for q, c in pairs]
        return rows if is_many else rows[0]

    def _answer(
        self, question: str, context: str, top_k: int, may_be_nowhere: bool, parameters: Mapping[str, Any]
    ) -> Any:
        found = self.answers.find(question, context, top_k=top_k, may_be_nowhere=may_be_nowhere, **parameters)
        rows = [_row(context, span) for span in found]
        return rows[0] if top_k == 1 else rows

    def _search(
        self,
        question: str,
        documents: list[str],
        top_k: int,
        may_be_nowhere: bool,
        parameters: Mapping[str, Any],
    ) -> Any:
        """The answer from the documents whose passages are nearest to the question, the surest first."""
        said, nowhere = [], []
        for place in self.index.nearest(question, documents):
            document = documents[place.document]
            passage = document[place.start : place.end]
            spans = self.answers.find(question, passage, top_k=1, may_be_nowhere=may_be_nowhere, **parameters)
            row = _row(passage, spans[0])
            if not row["answer"]:
                nowhere.append(row)
                continue
            row["start"], row["end"] = row["start"] + place.start, row["end"] + place.start
            source = getattr(document, "origin", None)
            said.append({**row, "document": place.document, "source": source, "passage": passage.strip()})
        rows = sorted(said, key=lambda row: -row["score"]) or [
            {**min(nowhere, key=lambda row: row["score"]), "document": None, "source": None, "passage": ""}
        ]
        return rows[0] if top_k == 1 else rows[:top_k]


def _row(context: str, span: Span) -> dict[str, Any]:
    if span.end <= span.start:
        return {"score": span.score, **NOWHERE}
    return {
        "score": span.score,
        "start": span.start,
        "end": span.end,
        "answer": context[span.start : span.end],
    }


def _documents(inputs: Any, question: Any, context: Any) -> list[str] | None:
    """The texts that one question is asked of together, if it is so asked."""
    given = context if inputs is None else inputs if context is None else None
    if not isinstance(question, str) or not question.strip() or not isinstance(given, list | tuple):
        return None
    return checked_texts(given, field="context") if all(isinstance(text, str) for text in given) else None


def _pairs(inputs: Any, question: Any, context: Any) -> tuple[list[tuple[str, str]], bool]:
    if isinstance(inputs, str) and context is None:
        inputs, context = None, inputs
    if inputs is None:
        questions = [question] if isinstance(question, str) else list(question or [])
        contexts = [context] if isinstance(context, str) else list(context or [])
        if len(contexts) == 1:
            contexts *= max(1, len(questions))
        inputs = [{"question": q, "context": c} for q, c in zip(questions, contexts, strict=False)]
        is_many = not isinstance(question, str) if question is not None else False
        if len(questions) != len(contexts):
            raise Invalid(
                f"question, context: {len(questions)} questions and {len(contexts)} contexts do not go together."
            )
    else:
        is_many = isinstance(inputs, list)
        inputs = inputs if is_many else [inputs]
    pairs = [(_text(row, "question"), _text(row, "context")) for row in inputs]
    if not pairs:
        raise Invalid("question: ask something, and give the context= that holds the answer.")
    return pairs, is_many


def _text(row: Any, field: str) -> str:
    value = row.get(field) if isinstance(row, Mapping) else None
    if not isinstance(value, str) or not value.strip():
        raise Invalid(f"{field}: is missing or empty; give question= and context= as texts.")
    return value


def load(found: FoundModel, task: str, options: PipelineOptions) -> QuestionAnswering:
    if found.gguf is not None or found.folder.is_chat:
        return QuestionAnswering(AskedAnswers.of(found, options))
    return QuestionAnswering(MarkedAnswers.of(found, options))

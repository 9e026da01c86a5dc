"""The generation loop: `step()` is schedule, run, choose, report.

Continuous batching: requests join a running batch between two steps and leave it when they are done, cancelled or
full. Knows tokens and text; knows no sockets and no model class.
"""

from collections.abc import Sequence as Ids
from dataclasses import dataclass

import torch

from openhearth.engine.batching import failed, wrong_kind
from openhearth.engine.decoder import Decoder
from openhearth.engine.detokenizer import Detokenizer
from openhearth.engine.loop import Report
from openhearth.engine.prompts import Prompts
from openhearth.engine.sampling import Sampler, SamplingDefaults, TokenTexts, describe_token
from openhearth.engine.scheduler import Limits, Prefill, Scheduler
from openhearth.engine.sequences import Sequence
from openhearth.errors import HubError
from openhearth.protocol.engine import Delta, Failed, Generate, Generated, Message, Stats, Token, Usage


@dataclass(frozen=True, kw_only=True)
class Ending:
    """What ends a text: the model's end tokens, and the room it has."""

    end_ids: frozenset[int]
    context_length: int


class Generation:
    """All texts of one model. Every method is called from one thread."""

    def __init__(
        self,
        *,
        decoder: Decoder,
        prompts: Prompts,
        ending: Ending,
        report: Report,
        defaults: SamplingDefaults | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._decoder = decoder
        self._prompts = prompts
        self._ending = ending
        self._report = report
        self._defaults = defaults or SamplingDefaults()
        self._texts = TokenTexts(prompts.decode)
        self._scheduler = Scheduler(limits or Limits())
        self.steps = 0
        self.generated_tokens = 0

    def add(self, request: Message) -> None:
        """Queue `request`, or report at once why it cannot run."""
        if not isinstance(request, Generate):
            self._report(wrong_kind(request))
            return
        try:
            self._scheduler.add(self._sequence(request))
        except HubError as error:
            self._report(failed(request.request_id, error))

    def cancel(self, request_id: int) -> None:
        row = self._scheduler.find_row(request_id)
        if row is not None:
            self._leave(row)
        else:
            self._scheduler.forget_waiting(request_id)

    def stats(self, rss_bytes: int) -> Stats:
        return Stats(
            waiting=len(self._scheduler.waiting),
            running=len(self._scheduler.running),
            steps=self.steps,
            generated_tokens=self.generated_tokens,
            rss_bytes=rss_bytes,
        )

    def step(self) -> bool:
        """Advance by one step; returns whether there was anything to do."""
        todo = self._scheduler.next_step()
        if todo is None:
            return False
        if isinstance(todo, Prefill):
            logits = self._decoder.prefill([s.prompt_ids for s in todo.sequences])
        else:
            logits = self._decoder.decode([s.last_id for s in todo.sequences])
        first_row = len(self._scheduler.running) - len(todo.sequences)
        self._choose(todo.sequences, logits)
        # From the last row down: `_leave` moves only rows that were looked at already.
        for offset in reversed(range(len(todo.sequences))):
            self._settle(first_row + offset)
        self.steps += 1
        return True

    def fail_all(self, message: str) -> None:
        """The model broke: nothing that runs or waits can be finished."""
        for row in reversed(range(len(self._scheduler.running))):
            self._report(Failed(request_id=self._leave(row).request_id, message=message))
        while self._scheduler.waiting:
            self._report(Failed(request_id=self._scheduler.waiting.popleft().request_id, message=message))

    def _sequence(self, request: Generate) -> Sequence:
        prompt_ids = self._prompts.encode(request)
        longest = min(self._ending.context_length, self._scheduler.limits.max_cached_tokens)
        max_tokens = self._prompts.check_length(request, len(prompt_ids), longest)
        return Sequence(
            request_id=request.request_id,
            prompt_ids=prompt_ids,
            max_tokens=max_tokens,
            sampler=Sampler(request.sampling, self._defaults, prompt_ids),
            detokenizer=Detokenizer(self._prompts.decode, request.stop, prompt_ids=prompt_ids),
            top_logprobs=request.top_logprobs,
            stream=request.stream,
        )

    def _choose(self, sequences: Ids[Sequence], logits: torch.Tensor) -> None:
        """Append to each sequence its next token, from `logits` (len(sequences), V)."""
        likeliest = logits.argmax(-1).tolist()
        for sequence, row, best in zip(sequences, logits, likeliest, strict=True):
            chosen = best if sequence.sampler.is_plain_greedy else sequence.sampler.choose(row)
            sequence.output_ids.append(chosen)
            self.generated_tokens += 1
            if sequence.top_logprobs is not None and chosen not in self._ending.end_ids:
                text = self._texts.text_of(chosen)
                sequence.tokens.append(describe_token(chosen, text, row, sequence.top_logprobs, self._texts))

    def _settle(self, row: int) -> None:
        """Report what is certain of a row's text, and let it leave if it is done."""
        sequence = self._scheduler.running[row]
        ended = sequence.last_id in self._ending.end_ids
        text = "" if ended else sequence.detokenizer.add(sequence.last_id)
        stopped = ended or sequence.detokenizer.is_stopped
        full = len(sequence.output_ids) >= sequence.max_tokens
        if stopped or full:
            text += sequence.detokenizer.finish()
        if sequence.stream and (text or sequence.top_logprobs is not None):
            self._report(Delta(request_id=sequence.request_id, text=text, tokens=_unreported(sequence)))
        if stopped or full:
            self._leave(row)
            self._report(
                _generated(sequence, "stop" if stopped or sequence.detokenizer.is_stopped else "length")
            )

    def _leave(self, row: int) -> Sequence:
        self._decoder.drop(row)
        return self._scheduler.leave(row)


def _unreported(sequence: Sequence) -> list[Token]:
    new = sequence.tokens[sequence.reported_tokens :]
    sequence.reported_tokens = len(sequence.tokens)
    return new


def _generated(sequence: Sequence, reason: str) -> Generated:
    return Generated(
        request_id=sequence.request_id,
        text=sequence.detokenizer.text,
        finish_reason=reason,
        usage=Usage(prompt_tokens=len(sequence.prompt_ids), completion_tokens=len(sequence.output_ids)),
        tokens=sequence.tokens,
        seed=sequence.sampler.seed,
    )

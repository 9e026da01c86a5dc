"""Text out of tokens as they come: whole characters only, and nothing that may yet turn out a stop string.

Knows no tokenizer, only `decode`. A character can be spread over several tokens, and a tokenizer may write a
token differently after another one, so a short tail is decoded again with each new token.
"""

from collections.abc import Callable, Sequence

Decode = Callable[[Sequence[int]], str]
UNFINISHED = "\N{REPLACEMENT CHARACTER}"
# Bytes of one character never spread over more tokens; what stays broken that long is broken.
LONGEST_CHARACTER_TOKENS = 8
CONTEXT_TOKENS = 6


class Detokenizer:
    """The text of one request. `text` is what was given out so far; after `is_stopped` nothing more comes."""

    def __init__(self, decode: Decode, stop: Sequence[str] = (), *, prompt_ids: Sequence[int] = ()) -> None:
        """`prompt_ids`: what the text continues; some tokenizers drop the space before a first word otherwise."""
        self._decode = decode
        self._stop = [word for word in stop if word]
        self._ids: list[int] = list(prompt_ids[-CONTEXT_TOKENS:])
        self._context = 0  # ids before this are settled and no longer decoded
        self._settled = len(self._ids)  # ids before this have their text in `_held` or `text`
        self._held = ""  # decoded, but perhaps the beginning of a stop string
        self.text = ""
        self.is_stopped = False

    def add(self, token_id: int) -> str:
        """Take one token; returns the text that is now certain, often a word, sometimes nothing."""
        if self.is_stopped:
            return ""
        self._ids.append(token_id)
        return self._release(self._settle(final=False), final=False)

    def finish(self) -> str:
        """No token follows: returns what was held back."""
        if self.is_stopped:
            return ""
        return self._release(self._settle(final=True), final=True)

    def _settle(self, *, final: bool) -> str:
        before = self._decode(self._ids[self._context : self._settled])
        after = self._decode(self._ids[self._context :])
        waiting = len(self._ids) - self._settled
        if after.endswith(UNFINISHED) and not final and waiting < LONGEST_CHARACTER_TOKENS:
            return ""
        if len(after) <= len(before) and not final:
            return ""
        self._context, self._settled = self._settled, len(self._ids)
        return after[len(before) :]

    def _release(self, new: str, *, final: bool) -> str:
        self._held += new
        ends = [at for at in (self._held.find(word) for word in self._stop) if at >= 0]
        if ends:
            self.is_stopped = True
            out, self._held = self._held[: min(ends)], ""
        else:
            keep = 0 if final else self._possible_stop_length()
            cut = len(self._held) - keep
            out, self._held = self._held[:cut], self._held[cut:]
        self.text += out
        return out

    def _possible_stop_length(self) -> int:
        """How many characters at the end of the held text may be the beginning of a stop string."""
        longest = 0
        for word in self._stop:
            for length in range(min(len(word) - 1, len(self._held)), longest, -1):
                if self._held.endswith(word[:length]):
                    longest = length
                    break
        return longest

"""What somebody says they do not want is taken out of what they ask for: "not a summary but a translation".

Only where what is wanted stands beside it, and as an order: "I don't understand Spanish, what does it say?" refuses nothing.
"""

import re

# In each language: the word that refuses, and the one behind which stands what is wanted instead.
_RATHER = re.compile(
    r"\b(?:(?:nicht|keine?[nmrs]?)\b[^.;!?]*?\bsondern|not\b[^.;!?]*?\bbut|pas\b[^.;!?]*?\bmais|no\b[^.;!?]*?\bsino|"
    r"non\b[^.;!?]*?\b(?:ma|bensì)|não\b[^.;!?]*?\b(?:mas|e sim)|(?:niet|geen)\b[^.;!?]*?\bmaar)\b",
    re.IGNORECASE,
)
# An order not to do something, up to the comma behind which another one stands.
_REFUSED = re.compile(
    r"(?:^|(?<=[,;.!]))\s*(?:please\s+)?(?:don['’]?t|do not|no need to|ne\b(?=[^,;.]*\bpas\b)|no\s+(?:l[oae]s?|me)\b)"
    r"[^,;.!]*[,;.!]+",
    re.IGNORECASE,
)


def affirmed(request: str) -> str:
    """`request` without what it refuses; as it is, if nothing else is said in it."""
    rest = _REFUSED.sub(" ", _RATHER.sub(" ", request))
    return rest if re.search(r"\w", rest) else request

"""The OpenAI client: models, chat whole and streamed, log-probabilities, completions, embeddings, errors."""

import math
import os

from openai import BadRequestError, NotFoundError, OpenAI

client = OpenAI(
    base_url=f"{os.environ['HF_ENDPOINT']}/v1", api_key=os.environ["HF_TOKEN"], max_retries=0, timeout=120
)
CHAT, EMBED = "starter/SmolLM2-135M-Instruct", "starter/all-MiniLM-L6-v2"
question = [{"role": "user", "content": "What is the capital of France? Answer in one sentence."}]

assert {CHAT, EMBED} <= {model.id for model in client.models.list()}
assert client.models.retrieve(CHAT).id == CHAT

whole = client.chat.completions.create(model=CHAT, messages=question, max_tokens=24, temperature=0)
said = whole.choices[0].message.content
assert said
assert "Paris" in said, said
assert whole.usage
assert whole.usage.completion_tokens <= 24
assert whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens

stream = client.chat.completions.create(
    model=CHAT,
    messages=question,
    max_tokens=24,
    temperature=0,
    stream=True,
    stream_options={"include_usage": True},
)
pieces, usage, reasons = [], None, []
for chunk in stream:
    usage = chunk.usage or usage
    for choice in chunk.choices:
        pieces.append(choice.delta.content or "")
        reasons.append(choice.finish_reason)
assert "".join(pieces) == said, pieces
assert usage == whole.usage
assert reasons[-1] in ("stop", "length")
assert sum(bool(piece) for piece in pieces) > 3, "it came in one piece"

weighed = client.chat.completions.create(
    model=CHAT, messages=question, max_tokens=5, temperature=0, logprobs=True, top_logprobs=3
)
assert weighed.choices[0].logprobs
tokens = weighed.choices[0].logprobs.content
assert tokens
for token in tokens:
    assert len(token.top_logprobs) == 3
    assert token.top_logprobs[0].token == token.token, "greedy takes the likeliest"
    assert sum(math.exp(other.logprob) for other in token.top_logprobs) <= 1.0001

poems = [
    client.chat.completions.create(
        model=CHAT, messages=question, max_tokens=12, temperature=1.2, top_p=0.9, seed=seed
    )
    for seed in (7, 7, 8, 9, 10)
]
texts = [poem.choices[0].message.content for poem in poems]
assert texts[0] == texts[1], "one seed, one text"
assert len(set(texts)) > 1, "other seeds, other texts"

stopped = client.chat.completions.create(
    model=CHAT, messages=question, max_tokens=24, temperature=0, stop=["Paris"]
)
assert "Paris" not in (stopped.choices[0].message.content or "")
assert stopped.choices[0].finish_reason == "stop"
cut = client.chat.completions.create(model=CHAT, messages=question, max_tokens=2, temperature=0)
assert cut.choices[0].finish_reason == "length"

text = client.completions.create(model=CHAT, prompt="The capital of France is", max_tokens=3, temperature=0)
assert "Paris" in text.choices[0].text

vectors = [
    item.embedding
    for item in client.embeddings.create(model=EMBED, input=["guitar", "instrument", "stock market"]).data
]
near, far = (sum(a * b for a, b in zip(vectors[0], other, strict=True)) for other in vectors[1:])
assert near > far + 0.3
assert all(abs(sum(x * x for x in vector) - 1) < 1e-3 for vector in vectors)

for kind, call in (
    (NotFoundError, lambda: client.chat.completions.create(model="ada/none", messages=question)),
    (BadRequestError, lambda: client.chat.completions.create(model=EMBED, messages=question)),
    (BadRequestError, lambda: client.chat.completions.create(model=CHAT, messages=[])),
    (BadRequestError, lambda: client.chat.completions.create(model=CHAT, messages=question, temperature=-1)),
    (BadRequestError, lambda: client.completions.create(model=CHAT, prompt="iron " * 20_000)),
):
    try:
        call()
    except kind as error:
        assert len(str(error)) > 40, error
    else:
        raise AssertionError(f"no {kind.__name__}")

"""huggingface_hub's InferenceClient, by `base_url` and by a model's own address."""

import os
import sys

from huggingface_hub import InferenceClient

endpoint, sound, picture = os.environ["HF_ENDPOINT"], sys.argv[1], sys.argv[2]


def task(model: str) -> InferenceClient:
    return InferenceClient(
        model=f"{endpoint}/models/starter/{model}", token=os.environ["HF_TOKEN"], timeout=120
    )


chat = InferenceClient(base_url=f"{endpoint}/v1", api_key=os.environ["HF_TOKEN"], timeout=120)
question = [{"role": "user", "content": "What is the capital of France?"}]
answer = chat.chat_completion(question, model="starter/SmolLM2-135M-Instruct", max_tokens=16, temperature=0)
assert "Paris" in answer.choices[0].message.content
chat = task("SmolLM2-135M-Instruct")  # a client that nobody holds closes its streams
streamed = chat.chat_completion(question, max_tokens=16, temperature=0, stream=True)
assert "Paris" in "".join(chunk.choices[0].delta.content or "" for chunk in streamed if chunk.choices)
generated = task("SmolLM2-135M-Instruct").text_generation(
    "The capital of France is", max_new_tokens=3, do_sample=False
)
assert "Paris" in generated, generated
vectors = task("all-MiniLM-L6-v2").feature_extraction("iron into steel")
assert vectors.shape[-1] == 384
heard = task("whisper-tiny.en").automatic_speech_recognition(sound)
assert "amiable" in heard.text, heard
seen = task("efficientnet-lite0").image_classification(picture, top_k=3)
assert len(seen) == 3
assert "cat" in seen[0].label, seen

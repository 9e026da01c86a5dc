"""Chat tokens a second through our HTTP door against plain `transformers` `generate` on the same weights, in one run."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx2 as httpx

from tests.bench.measure import row, title
from tests.support.running import RunningHub

MODEL = "starter/SmolLM2-135M-Instruct"
PROMPT = (
    "Explain step by step how pig iron becomes steel in an open-hearth furnace, and what the slag is for."
)
NEW_TOKENS = 64

# Runs in a process of its own: sequential `generate`, as a script of a user would do it.
PEER = """
import json, sys, time, torch
from transformers import AutoModelForCausalLM, AutoTokenizer
torch.set_num_threads(int(sys.argv[2]))
tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
model = AutoModelForCausalLM.from_pretrained(sys.argv[1], dtype=torch.bfloat16).eval()
chat = [{"role": "user", "content": sys.argv[3]}]
ids = tokenizer.apply_chat_template(chat, add_generation_prompt=True, return_tensors="pt", return_dict=True)
def once():
    began = time.perf_counter()
    out = model.generate(**ids, max_new_tokens=int(sys.argv[4]), min_new_tokens=int(sys.argv[4]), do_sample=False)
    return (out.shape[1] - ids["input_ids"].shape[1]) / (time.perf_counter() - began)
once()
print(json.dumps([once() for _ in range(3)]), flush=True)
"""


def bench(hub: RunningHub, folder: Path) -> None:
    title(f"Chat, {MODEL}, {NEW_TOKENS} new tokens, greedy")
    headers = {"authorization": f"Bearer {hub.tokens['ada']}"}
    if httpx.get(f"{hub.url}/api/models/{MODEL}", headers=headers).status_code != 200:
        row("chat", "not measured", "", "the starter model could not be installed")
        return
    from huggingface_hub import snapshot_download

    local = snapshot_download(MODEL, endpoint=hub.url, token=hub.tokens["ada"], cache_dir=folder / "models")
    _chat(hub, 4)
    ours: dict[int, list[float]] = {1: [], 8: [], 32: []}
    first: dict[int, list[float]] = {1: [], 8: [], 32: []}
    peer: list[float] = []
    for _ in range(2):  # interleaved, so that drift meets both
        peer += _peer(local)
        for clients in ours:
            rate, waits = _together(hub, clients)
            ours[clients].append(rate)
            first[clients] += waits
    base = statistics.median(peer)
    row("transformers generate, bf16, sequential", f"{base:.1f} tok/s", "anchor")
    aims = {1: "aim >= 2.5x", 8: "aim >= 8x (5x on torch)", 32: "aim >= 20x (12x on torch)"}
    for clients, rates in ours.items():
        rate = statistics.median(rates)
        row(
            f"our door, {clients} client(s)",
            f"{rate:.1f} tok/s",
            f"{rate / base:.2f}x",
            f"{aims[clients]}; first token {statistics.median(first[clients]):.2f} s",
        )


def _peer(model: str) -> list[float]:
    import os

    done = subprocess.run(
        [sys.executable, "-c", PEER, model, str(os.cpu_count()), PROMPT, str(NEW_TOKENS)],
        capture_output=True,
        text=True,
        check=True,
    )
    rates: list[float] = json.loads(done.stdout.strip().splitlines()[-1])
    return rates


def _chat(hub: RunningHub, max_tokens: int) -> tuple[int, float]:
    """One streamed chat: completion tokens, and seconds to the first."""
    body = {
        "model": MODEL, "messages": [{"role": "user", "content": PROMPT}], "max_tokens": max_tokens, "temperature": 0,
        "stream": True, "stream_options": {"include_usage": True},
    }  # fmt: skip
    began, first, tokens = time.perf_counter(), 0.0, 0
    headers = {"authorization": f"Bearer {hub.tokens['ada']}"}
    with httpx.stream(
        "POST", f"{hub.url}/v1/chat/completions", json=body, headers=headers, timeout=600
    ) as answer:
        assert answer.status_code == 200, answer.read()
        for line in answer.iter_lines():
            if not line.startswith("data: {"):
                continue
            chunk = json.loads(line.removeprefix("data: "))
            if not first and chunk["choices"] and chunk["choices"][0]["delta"].get("content"):
                first = time.perf_counter() - began
            if chunk.get("usage"):
                tokens = chunk["usage"]["completion_tokens"]
    return tokens, first


def _together(hub: RunningHub, clients: int) -> tuple[float, list[float]]:
    """Tokens a second of `clients` chats at once, and each one's wait for its first token."""
    results: list[tuple[int, float]] = []
    threads = [
        threading.Thread(target=lambda: results.append(_chat(hub, NEW_TOKENS))) for _ in range(clients)
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    return sum(tokens for tokens, _ in results) / took, [wait for _, wait in results]

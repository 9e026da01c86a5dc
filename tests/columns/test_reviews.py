"""Feelings in a CSV of reviews, by a real model on a running hub, through the pages a person uses."""

from __future__ import annotations

import csv
import io
import re
import time

import pytest
from huggingface_hub import HfApi

from tests.support.person import Person
from tests.support.running import RunningHub

GLAD = """I loved every minute of this film.
The best meal I have had in years, wonderful!
A brilliant book, warm and funny.
My new kettle works perfectly and I am delighted.
Great service, friendly people, I will come back.
An excellent phone, I am very happy with it.
The music was beautiful and the acting superb.
Fantastic value, highly recommended.
What a lovely hotel, we enjoyed our stay.
This is a great camera and I love it.""".splitlines()
CROSS = """I hated every minute of this film.
The worst meal I have had in years, disgusting.
A terrible book, boring and badly written.
My new kettle broke after two days and I am angry.
Awful service, rude people, I will never come back.
A useless phone, I am very disappointed with it.
The music was horrible and the acting dreadful.
A waste of money, do not buy it.
What a dirty hotel, we left after one night.
This is a bad camera and I want my money back.""".splitlines()
KNOWN = {**dict.fromkeys(GLAD, "positive"), **dict.fromkeys(CROSS, "negative")}
_BAR = re.compile(r'class="bar__label">([^<]+)</span>.*?class="bar__text">([^<]+)</span>', re.DOTALL)


@pytest.mark.run
@pytest.mark.slow
def test_twenty_known_reviews_are_judged_right(starter: RunningHub) -> None:
    api = HfApi(starter.url, token=starter.tokens["ada"])
    api.create_repo("ada/kettle-reviews", repo_type="dataset", private=True)
    table = io.StringIO()
    csv.writer(table).writerows([["review", "id"], *([text, row] for row, text in enumerate(KNOWN))])
    api.upload_file(
        path_or_fileobj=table.getvalue().encode(), path_in_repo="reviews.csv", repo_id="ada/kettle-reviews",
        repo_type="dataset",
    )  # fmt: skip
    ada = Person(starter.url, "ada").sign_in()
    fields = {
        "model": "starter/all-MiniLM-L6-v2", "task": "zero-shot-classification", "dataset": "ada/kettle-reviews",
        "path": "reviews.csv", "column": "review", "rows": "20", "candidate_labels": "positive, negative",
    }  # fmt: skip
    shown = f"/columns/new?dataset={fields['dataset']}&task={fields['task']}"
    started = ada.submit(shown, "/columns/new", fields)
    assert started.status_code == 303, started.text
    address = started.headers["location"]
    deadline = time.monotonic() + 240
    while 'http-equiv="refresh"' in (page := ada.browser.get(address).text):
        assert time.monotonic() < deadline, page
        time.sleep(0.5)
    assert _BAR.findall(page) == [("positive", "10"), ("negative", "10")]
    rows = list(csv.DictReader(io.StringIO(ada.browser.get(f"{address}/table.csv").text)))
    assert {row["review"]: row["prediction"] for row in rows} == KNOWN
    ada.browser.close()

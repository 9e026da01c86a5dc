"""datasets: push, load, stream, a second configuration, and a private set."""

from datasets import Dataset, DatasetDict, load_dataset

rows = Dataset.from_dict(
    {"text": [f"sentence {i}" for i in range(500)], "label": [i % 2 for i in range(500)]}
)
DatasetDict(train=rows.select(range(400)), test=rows.select(range(400, 500))).push_to_hub("ada/sentences")
loaded = load_dataset("ada/sentences")
assert {name: len(split) for name, split in loaded.items()} == {"train": 400, "test": 100}
assert loaded["train"][7] == {"text": "sentence 7", "label": 1}
streamed = load_dataset("ada/sentences", split="test", streaming=True)
assert next(iter(streamed))["text"] == "sentence 400"
rows.select(range(10)).push_to_hub("ada/sentences", config_name="small", max_shard_size="1KB")
assert len(load_dataset("ada/sentences", "small", split="train")) == 10
rows.push_to_hub("ada/secret-sentences", private=True)
assert len(load_dataset("ada/secret-sentences", split="train")) == 500

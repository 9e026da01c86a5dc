"""`openhearth run TASK INPUT …`: TASK may be plain words. By the hub if one answers and runs the task, else in this process.

Imports no torch unless the model is loaded here. Exit codes: 0 all was answered, 1 something was refused or failed (its
sentence is on standard error, or in its line of a batch), 2 the command was not understood.
"""

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from openhearth.cli.completing import complete_model, complete_task
from openhearth.errors import Invalid

CHAT_WORDS = ("chat", "conversational")
# What a hub that runs is asked for unless told otherwise: it has the model in memory. All else is worked in this process.
ON_HUB = ("text-generation", "feature-extraction", "automatic-speech-recognition", "image-classification")


def run(
    task: Annotated[
        str,
        typer.Argument(
            help='What to do: a task (summarization, chat, transcribe, ner …) or plain words ("summarise a website").',
            autocompletion=complete_task,
        ),
    ],
    inputs: Annotated[
        list[str] | None,
        typer.Argument(help="Texts, or paths, folders or links; - reads standard input.", show_default=False),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="A model of the hub or of the local cache, or a folder.", autocompletion=complete_model
        ),
    ] = None,
    endpoint: Annotated[
        str | None, typer.Option(help="The address of a hub to run it on.", show_default=False)
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print each answer as one line of JSON.")] = False,
    batch: Annotated[
        Path | None,
        typer.Option(
            help="A file with one input a line, or a .csv, .tsv or .jsonl file; answers are lines of JSON."
        ),
    ] = None,
    column: Annotated[str | None, typer.Option(help="The column of --batch that holds the inputs.")] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="A parameter of the task, NAME=VALUE: --set candidate_labels=sport,politics."
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            help="Write the answer to this file; its ending says how: .wav .mp3 .png .mp4 .srt .vtt .txt .json.",
            show_default=False,
        ),
    ] = None,
    max_new_tokens: Annotated[int | None, typer.Option(min=1, help="How much text to make at most.")] = None,
    temperature: Annotated[
        float | None, typer.Option(min=0, help="Above 0, draw each token by chance; else take the likeliest.")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="The same seed draws the same text again.")] = None,
) -> None:
    """Call a model once for each input and print what it says. Exit code 0: all answered; 1: something failed; 2: misspelled."""
    from openhearth.cli.run_calls import TEXT, Calls
    from openhearth.cli.run_given import read_batch, read_input, read_parameters
    from openhearth.pipelines.choice import understand_request

    wanted, _, reason, _ = understand_request(task)
    of_text = {"max_new_tokens": max_new_tokens, "temperature": temperature, "seed": seed}
    if wanted.name != TEXT and any(value is not None for value in of_text.values()):
        raise Invalid(f"{wanted.name} makes no text by chance; leave out the options of {TEXT}.")
    if column is not None and batch is None:
        raise Invalid("--column: says which column of --batch to take; give --batch FILE too.")
    if not inputs and batch is None:
        raise Invalid(
            "input: is missing; give a text, a path, a link, - for standard input, or --batch FILE."
        )
    if output is not None and (batch is not None or len(inputs or ()) != 1):
        raise Invalid("--output: holds one answer; give one input, and run once for each of several.")
    lines = read_batch(batch, column) if batch is not None else []
    values = [read_input(wanted, given) for given in inputs or ()]
    parameters = read_parameters(set_ or [])
    pipe = _open(task, wanted.name, model, endpoint)
    if reason != "you named it" and not json:
        typer.echo(f"{wanted.name}, because {reason}", err=True)
    calls = Calls(pipe, parameters, of_text, is_chat=task.strip().lower() in CHAT_WORDS)
    if output is not None:
        typer.echo(f"wrote {calls.save(values[0], output)}", err=True)
        return
    named = zip(inputs or (), values, strict=True)
    failed = sum(calls.answer(given, value, as_json=json) for given, value in named)
    if lines:
        failed += calls.answer_all(lines)
    if failed:
        raise typer.Exit(1)


def _open(asked: str, task: str, model: str | None, endpoint: str | None) -> Any:
    """A model of this machine, or on the hub that was named, or on the one that runs here if it is asked for such tasks."""
    from openhearth.cli.run_on_hub import hub_answers
    from openhearth.config import load_settings
    from openhearth.pipelines import pipeline

    settings = load_settings()
    if endpoint is not None:
        return pipeline(asked, model, endpoint=endpoint, token=settings.token or None)
    is_here = model is not None and Path(model).is_dir()
    if not is_here and task in ON_HUB and hub_answers(settings.endpoint):
        return pipeline(asked, model, endpoint=settings.endpoint, token=settings.token)
    from openhearth.pipelines.machine import prepare_environment

    # With a hub of one's own, ids that are not here yet are fetched from it.
    prepare_environment(is_offline=not os.environ.get("HF_ENDPOINT"))
    return pipeline(asked, model)

"""`hf` about what runs programs: each must be refused in words, or turn to a host of its own."""

from __future__ import annotations

from rows import IS_1X, api, fresh, local, row
from shell import hf, hf_json

JOB, URL = "0" * 24, "https://example.org/job.py"
JOBS = (
    "run python:3.12 python -V", f"cancel {JOB}", "hardware", f"inspect {JOB}", f"labels {JOB} -l a=b", "list", f"logs {JOB}",
    f"ssh {JOB}", f"stats {JOB}", f"uv run {URL}", f"wait {JOB} --timeout 1", f"scheduled delete {JOB}",
    f"scheduled inspect {JOB}", f"scheduled labels {JOB} -l a=b", "scheduled list", f"scheduled resume {JOB}",
    "scheduled run @daily python:3.12 python -V", f"scheduled suspend {JOB}", f"scheduled trigger {JOB}",
    f"scheduled uv run @daily {URL}",
)  # fmt: skip
JOBS_OF_2X = (f"expose {JOB} 80", f"rerun {JOB}", f"scheduled reschedule {JOB} @daily")
SANDBOXES = (
    "create", f"cp a.txt {JOB}:/a.txt", f"exec {JOB} -- true", f"kill {JOB} -y", "pool create", f"pool delete {JOB} -y",
    "pool ls", f"process kill {JOB} 1", f"process ls {JOB}", f"spawn {JOB} -- true",
)  # fmt: skip
ENDPOINTS = (
    "catalog deploy --repo ada/steel", "catalog list", "delete e --yes", "describe e", "hardware", "list", "list-catalog",
    "deploy e --repo ada/steel --framework pytorch --accelerator cpu --instance-size x2 --instance-type intel-icl "
    "--region us-east-1 --vendor aws", "pause e", "resume e", "scale-to-zero e", "update e --min-replica 1",
)  # fmt: skip


def name_of(group: str, words: str, known: list[str]) -> str:
    """The command that `words` begin with."""
    return max((name for name in known if f"{group} {words} ".startswith(f"{name} ")), key=len)


def refused(name: str, *words: str) -> None:
    with row(name):
        answer = hf(*words)
        raise AssertionError(f"answered {answer[:200]!r}, which says nothing")


def jobs() -> None:
    from shell import all_commands

    known = all_commands()
    for group, lines in (
        ("jobs", JOBS if IS_1X else (*JOBS, *JOBS_OF_2X)), ("sandbox", SANDBOXES), ("endpoints", ENDPOINTS)
    ):  # fmt: skip
        for words in lines:
            refused(name_of(group, words, known), group, *words.split())


def spaces() -> None:
    space = fresh("app", repo_type="space")
    with row("spaces hardware"):
        assert hf_json("spaces", "hardware") == []
    with row("spaces templates"):
        assert hf_json("spaces", "templates") == []
    with row("spaces search"):
        assert space in hf(
            "spaces", "search", space.split("/")[1], "--include-non-running", "--format", "json"
        )
    api.upload_file(path_or_fileobj=b"<h1>", path_in_repo="index.html", repo_id=space, repo_type="space")
    with row("spaces wait"):
        raised = None
        try:
            hf("spaces", "wait", space, "--timeout", "5")
        except Exception as error:
            raised = error
        assert "STOPPED" in str(raised), raised
    with row("spaces volumes list"):
        assert hf_json("spaces", "volumes", "list", space) in ([], None)
    for words in (
        "dev-mode SPACE", "logs SPACE", "pause SPACE", "restart SPACE", "secrets add SPACE -s K=V", "secrets delete SPACE K -y",
        "secrets list SPACE", "settings SPACE --sleep-time 300", "variables add SPACE -e K=V",
        "variables delete SPACE K -y", "variables list SPACE", "volumes delete SPACE -y",
        f"volumes set SPACE -v hf://{fresh('mounted')}:/data",
    ):  # fmt: skip
        name = "spaces " + words.partition(" SPACE")[0]
        refused(name, "spaces", *words.replace("SPACE", space).split())
    if not IS_1X:
        refused("spaces zero-gpu quota", "spaces", "zero-gpu", "quota")
    local("opens ssh.hf.space, a host written into the client", "spaces ssh")
    local("patches a running gradio app; this hub does not run Spaces yet", "spaces hot-reload")
    assert api.repo_exists(space, repo_type="space")


SCENARIOS = (jobs, spaces)

"""What runs programs: Spaces, jobs, endpoints. Mostly refused or elsewhere, and a sentence must say so."""

from __future__ import annotations

import tempfile
from pathlib import Path

from huggingface_hub import Volume
from rows import IS_1X, Elsewhere, api, fresh, raises, row


def spaces() -> None:
    space = fresh("app", repo_type="space")
    with row("get_space_runtime"):
        assert api.get_space_runtime(space).stage == "NO_APP_FILE"
        api.upload_file(path_or_fileobj=b"<h1>", path_in_repo="index.html", repo_id=space, repo_type="space")
        assert api.get_space_runtime(space).stage == "STOPPED"
    with row("wait_for_space"):
        assert api.wait_for_space(space, timeout=5).stage == "STOPPED"
    with row("list_spaces_hardware"):
        assert api.list_spaces_hardware() == []
    with row("list_space_templates"):
        assert api.list_space_templates() == []
    volume = Volume(type="model", source=fresh("mounted"), mount_path="/data")
    for name, call in (
        ("get_space_secrets", lambda: api.get_space_secrets(space)),
        ("add_space_secret", lambda: api.add_space_secret(space, "KEY", "value")),
        ("delete_space_secret", lambda: api.delete_space_secret(space, "KEY")),
        ("get_space_variables", lambda: api.get_space_variables(space)),
        ("add_space_variable", lambda: api.add_space_variable(space, "KEY", "value")),
        ("delete_space_variable", lambda: api.delete_space_variable(space, "KEY")),
        ("request_space_hardware", lambda: api.request_space_hardware(space, "cpu-basic")),
        ("set_space_sleep_time", lambda: api.set_space_sleep_time(space, 300)),
        ("pause_space", lambda: api.pause_space(space)),
        ("restart_space", lambda: api.restart_space(space)),
        ("enable_space_dev_mode", lambda: api.enable_space_dev_mode(space)),
        ("disable_space_dev_mode", lambda: api.disable_space_dev_mode(space)),
        ("fetch_space_logs", lambda: list(api.fetch_space_logs(space))),
        ("set_space_volumes", lambda: api.set_space_volumes(space, [volume])),
        ("delete_space_volumes", lambda: api.delete_space_volumes(space)),
    ):
        refused(name, call)
    if IS_1X:
        refused("request_space_storage", lambda: api.request_space_storage(space, "small"))
        refused("delete_space_storage", lambda: api.delete_space_storage(space))
    else:
        refused("get_zero_gpu_quota", lambda: api.get_zero_gpu_quota())


def refused(name: str, call) -> None:  # type: ignore[no-untyped-def]
    """A row that can only end with a refusal: an answer that means nothing would be worse."""
    with row(name):
        answer = call()
        raise AssertionError(f"{name} answered {answer!r}, which says nothing")


def jobs() -> None:
    script = Path(tempfile.mkdtemp()) / "job.py"
    script.write_text("print(1)")
    job, plan = {"job_id": "0" * 24}, {"scheduled_job_id": "0" * 24}
    image = {"image": "python:3.12", "command": ["python", "-V"]}
    for name, call in (
        ("run_job", lambda: api.run_job(**image)),
        ("list_jobs", lambda: list(api.list_jobs())),
        ("inspect_job", lambda: api.inspect_job(**job)),
        ("cancel_job", lambda: api.cancel_job(**job)),
        ("fetch_job_logs", lambda: list(api.fetch_job_logs(**job))),
        ("fetch_job_metrics", lambda: list(api.fetch_job_metrics(**job))),
        ("wait_for_job", lambda: api.wait_for_job("0" * 24, timeout=1)),
        ("update_job_labels", lambda: api.update_job_labels(**job, labels={"a": "b"})),
        ("list_jobs_hardware", lambda: api.list_jobs_hardware()),
        ("run_uv_job", lambda: api.run_uv_job("https://example.org/job.py")),
        ("create_scheduled_job", lambda: api.create_scheduled_job(**image, schedule="@daily")),
        ("create_scheduled_uv_job", lambda: api.create_scheduled_uv_job("https://example.org/job.py", schedule="@daily")),
        ("list_scheduled_jobs", lambda: api.list_scheduled_jobs()),
        ("inspect_scheduled_job", lambda: api.inspect_scheduled_job(**plan)),
        ("delete_scheduled_job", lambda: api.delete_scheduled_job(**plan)),
        ("suspend_scheduled_job", lambda: api.suspend_scheduled_job(**plan)),
        ("resume_scheduled_job", lambda: api.resume_scheduled_job(**plan)),
        ("trigger_scheduled_job", lambda: api.trigger_scheduled_job(**plan)),
        ("update_scheduled_job_labels", lambda: api.update_scheduled_job_labels(**plan, labels={"a": "b"})),
    ):  # fmt: skip
        refused(name, call)
    with row("sync_job_volume"):  # a folder goes into a bucket: no job is needed
        volume = api.sync_job_volume(script.parent, "/data")
        assert volume.mount_path == "/data" and volume.type == "bucket", volume
    if not IS_1X:
        refused("rerun_job", lambda: api.rerun_job(**job))
        refused("update_job_expose", lambda: api.update_job_expose(**job, expose=[80]))
        refused(
            "update_scheduled_job_schedule",
            lambda: api.update_scheduled_job_schedule(**plan, schedule="@daily"),
        )


def elsewhere() -> None:
    """Methods whose addresses are written into the client; a request there never leaves this process."""
    data = fresh("parquet", repo_type="dataset")
    machine = {
        "repository": "ada/steel", "framework": "pytorch", "accelerator": "cpu", "instance_size": "x2",
        "instance_type": "intel-icl", "region": "us-east-1", "vendor": "aws", "namespace": "ada",
    }  # fmt: skip
    for name, call in (
        ("list_inference_endpoints", lambda: api.list_inference_endpoints("ada")),
        ("create_inference_endpoint", lambda: api.create_inference_endpoint("e", **machine)),
        ("create_inference_endpoint_from_catalog", lambda: api.create_inference_endpoint_from_catalog("ada/steel")),
        ("list_inference_catalog", lambda: list(api.list_inference_catalog())),
        ("get_inference_endpoint", lambda: api.get_inference_endpoint("e", namespace="ada")),
        ("update_inference_endpoint", lambda: api.update_inference_endpoint("e", namespace="ada")),
        ("delete_inference_endpoint", lambda: api.delete_inference_endpoint("e", namespace="ada")),
        ("pause_inference_endpoint", lambda: api.pause_inference_endpoint("e", namespace="ada")),
        ("resume_inference_endpoint", lambda: api.resume_inference_endpoint("e", namespace="ada")),
        ("scale_to_zero_inference_endpoint", lambda: api.scale_to_zero_inference_endpoint("e", namespace="ada")),
        ("list_inference_endpoints_hardware", lambda: api.list_inference_endpoints_hardware(namespace="ada")),
    ):  # fmt: skip
        with row(name):
            call()
            raise AssertionError("this method was expected to turn to a host of its own")
    with row("list_dataset_parquet_files"):
        error = raises(ValueError, api.list_dataset_parquet_files, data)
        assert "only available on the Hugging Face Hub" in str(error)
        raise Elsewhere("datasets-server.huggingface.co")


SCENARIOS = (spaces, jobs, elsewhere)

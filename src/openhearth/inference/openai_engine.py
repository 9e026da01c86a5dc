"""Which engine a call of OpenAI's clients is for: the model that the path names, else the body."""

from starlette.requests import Request

from openhearth.errors import Invalid
from openhearth.inference import calls
from openhearth.inference.engine_process import EngineProcess
from openhearth.inference.service import Inference
from openhearth.wire.request import actor_of


async def engine_of(
    inference: Inference, request: Request, model: str, task: str
) -> tuple[EngineProcess, str]:
    """The engine, and the model's name as asked. Raises Invalid, RepoNotFound, what loading says."""
    if "ns" in request.path_params:
        model = f"{request.path_params['ns']}/{request.path_params['name']}"
    if not model:
        raise Invalid("model: is missing; name a model of this hub, as namespace/name.", param="model")
    repo_id, _, revision = model.partition("@")
    actor = actor_of(request)
    engine = await calls.engine(inference, actor, repo_id, task=task, revision=revision or "main")
    return engine, model

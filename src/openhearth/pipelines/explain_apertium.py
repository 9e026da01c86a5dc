"""The twin of a translation by Apertium: its programs one after the other, each reading what the one before wrote."""

from typing import Any

from openhearth.errors import Unsupported
from openhearth.pipelines.apertium.segments import cut
from openhearth.pipelines.apertium.translating import to_stream


def by_rules(call: Any, worker: Any) -> tuple[str, dict[str, Any]]:
    """The programs with their files, and the text as they read it: without what stays as it is."""
    text = call.inputs[0] if isinstance(call.inputs, list) else call.inputs
    route = worker.route_for(text, call.parameters.get("src_lang"), call.parameters.get("tgt_lang"))
    whole = cut(text)
    if not route or not whole.texts:
        raise Unsupported("explain: nothing was translated, so that there are no programs to show.")
    commands = [list(stage.command) for stages in worker.stages(route) for stage in stages]
    return "translation.apertium", {
        "commands": commands,
        "stream": to_stream(whole),
        "between": list(whole.between),
    }

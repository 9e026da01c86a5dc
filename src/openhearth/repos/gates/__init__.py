"""Gates: repos whose card is open to all and whose files are for those who asked and were let in."""

from openhearth.repos.gates.admission import Admission
from openhearth.repos.gates.form import GateField, GateForm, read_gate_form
from openhearth.repos.gates.records import STATUSES, AccessRequest, AccessStatus
from openhearth.repos.gates.service import Askers, Gates

__all__ = [
    "STATUSES",
    "AccessRequest",
    "AccessStatus",
    "Admission",
    "Askers",
    "GateField",
    "GateForm",
    "Gates",
    "read_gate_form",
]

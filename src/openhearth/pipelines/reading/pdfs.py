"""Opening a PDF that somebody sent: locked, cut and forged ones end in a sentence."""

import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from openhearth.errors import Invalid


def is_pdf(content: bytes) -> bool:
    return b"%PDF-" in content[:1024]


@contextmanager
def opened_pdf(content: bytes, name: str, *, remedy: str) -> Iterator[Any]:
    """A reader of pypdf. What goes wrong in the block is the PDF's: its objects are of whatever type a file says."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    faults = (PyPdfError, ValueError, LookupError, TypeError, AttributeError, OSError, RecursionError, NotImplementedError,
              AssertionError, zlib.error)  # fmt: skip
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Invalid(f"{name}: the PDF is locked by a password; save a copy without one.")
        yield reader
    except faults as error:
        raise Invalid(f"{name}: the PDF cannot be read ({error}); {remedy}.") from None

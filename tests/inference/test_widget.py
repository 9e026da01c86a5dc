"""The box on a model's page, as a browser without script uses it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from starlette.requests import Request

from openhearth.inference.widget import Widget
from tests.inference.conftest import Served
from tests.pipelines.tiny_models import png_bytes, wav_bytes

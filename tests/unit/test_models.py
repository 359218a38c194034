from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from mediapipe.tasks.metadata import metadata_schema_py_generated as metadata
from mediapipe.tasks.metadata import schema_py_generated as tflite

from kinepath.io.files import sha256
from kinepath.runtime import models
from kinepath.runtime.models import ModelError, obtain, task_file, with_pixel_scaling


def tiny_network() -> bytes:
    model = tflite.ModelT()
    model.version, model.buffers = 3, [tflite.BufferT()]
    import flatbuffers

    builder = flatbuffers.Builder(64)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def test_pixel_scaling_can_be_read_again() -> None:
    network = with_pixel_scaling(tiny_network(), 127.5, 64.0)
    assert network[4:8] == b"TFL3"
    model = tflite.ModelT.InitFromPackedBuf(network, 0)
    assert model.metadata[0].name == b"TFLITE_METADATA"
    content = bytes(model.buffers[model.metadata[0].buffer].data)
    described = metadata.ModelMetadataT.InitFromPackedBuf(content, 0)
    unit = described.subgraphMetadata[0].inputTensorMetadata[0].processUnits[0]
    assert list(unit.options.mean) == [127.5]
    assert list(unit.options.std) == [64.0]


def test_a_task_file_is_a_stored_zip_and_always_the_same() -> None:
    network = tiny_network()
    assert task_file(network, network) == task_file(network, network)
    import io

    with zipfile.ZipFile(io.BytesIO(task_file(network, network))) as archive:
        assert archive.namelist() == ["pose_detector.tflite", "pose_landmarks_detector.tflite"]
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}


def test_an_own_model_is_taken_and_checked(tmp_path: Path) -> None:
    own = tmp_path / "own.task"
    own.write_bytes(task_file(tiny_network(), tiny_network()))
    target = tmp_path / "model.task"
    assert obtain("full", target, own=own, digest=sha256(own)) == sha256(target)
    with pytest.raises(ModelError, match=r"own\.task: SHA-256 is .*, not 000"):
        obtain("full", tmp_path / "b.task", own=own, digest="0" * 64)
    assert not (tmp_path / "b.task").exists()


def test_a_missing_or_wrong_own_model_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such model file"):
        obtain("full", tmp_path / "m.task", own=tmp_path / "none.task")
    (tmp_path / "text.task").write_text("x")
    with pytest.raises(ModelError, match="no zip archive"):
        obtain("full", tmp_path / "m.task", own=tmp_path / "text.task")


def test_sources_are_tried_in_order_and_every_refusal_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(text: str) -> object:
        def fetch(*_: object) -> None:
            raise ModelError(text)

        return fetch

    monkeypatch.setattr(models, "_from_registries", refuse("no registry"))
    monkeypatch.setattr(models, "_from_official", lambda _, path, __: path.write_bytes(b"official"))
    obtain("full", tmp_path / "m.task")
    assert (tmp_path / "m.task").read_bytes() == b"official"
    monkeypatch.setattr(models, "_from_official", refuse("no network"))
    with pytest.raises(ModelError, match=r"registry: no registry; .*address: no network.*path"):
        obtain("full", tmp_path / "n.task")


def test_a_network_with_another_digest_is_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "x.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("mediapipe/modules/pose_detection/pose_detection.tflite", b"changed")
    with pytest.raises(ModelError, match="network 'detector': SHA-256 is"):
        models._network(wheel, "pose_detection.tflite", "detector")

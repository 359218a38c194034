from __future__ import annotations

from pathlib import Path

import pytest

from kinepath.cli import doctor
from kinepath.cli.doctor import Finding, examine


def programs(folder: Path, monkeypatch: pytest.MonkeyPatch, **scripts: str) -> None:
    """Let these shell scripts be all the programs that there are."""
    folder.mkdir()
    for name, script in scripts.items():
        path = folder / name.replace("_", "-")
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


def by_name(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.what: finding for finding in findings}


def test_a_bare_machine_is_told_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs(tmp_path / "bin", monkeypatch)
    found = by_name(examine(tmp_path))
    assert found["ffmpeg"].found is not None
    assert found["backend mediapipe"].found == "CPU only"
    for what in ("pose model", "GPU", "CUDA", "SLURM"):
        assert found[what].found is None
        assert found[what].remedy
    assert "accounting" not in found


def test_a_cluster_with_a_gpu_is_described(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    smi = 'if [ "$1" = -L ]; then echo "GPU 0: X (UUID: 1)"; else echo "CUDA Version: 13.1"; fi'
    scontrol = "echo AccountingStorageType = accounting_storage/none; echo MinJobAge = 300 sec"
    sinfo = "echo cpu 2 nodes; echo gpu 1 nodes"
    programs(tmp_path / "bin", monkeypatch, nvidia_smi=smi, scontrol=scontrol, sinfo=sinfo)
    (tmp_path / "resources" / "models").mkdir(parents=True)
    (tmp_path / "resources" / "models" / "x.task").touch()
    found = {what: finding.found for what, finding in by_name(examine(tmp_path)).items()}
    assert found["pose model"] == "x.task"
    assert found["GPU"] == "GPU 0: X"
    assert found["CUDA"] == "up to 13.1 (driver)"
    assert found["SLURM"] == "cpu 2 nodes\ngpu 1 nodes"
    assert found["accounting"] == "none; squeue remembers jobs for 300 s, which will do"


@pytest.mark.parametrize(
    ("storage", "age", "found"),
    [
        ("slurmdbd", 300, "slurmdbd; slurm-status-command may be sacct"),
        ("none", 60, None),
    ],
)
def test_accounting_decides_how_jobs_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, storage: str, age: int, found: str | None
) -> None:
    told = f"AccountingStorageType = accounting_storage/{storage}"
    scontrol = f"echo {told}; echo MinJobAge = {age} sec"
    programs(tmp_path / "bin", monkeypatch, scontrol=scontrol, sinfo="echo cpu")
    assert by_name(examine(tmp_path))["accounting"].found == found


def test_a_machine_without_ffmpeg_cannot_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert doctor.main() == 0
    programs(tmp_path / "bin", monkeypatch, ffmpeg="exit 1")
    assert doctor.main() == 1
    assert "cannot write H.264" in " ".join(capsys.readouterr().out.split())

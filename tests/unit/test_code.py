from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from kinepath.runtime import code


def script(folder: Path, text: str) -> Path:
    path = folder / "script.py"
    path.write_text(text, encoding="utf-8")
    return path


def test_modules_are_found_through_other_modules(tmp_path: Path) -> None:
    used = code.modules_used(script(tmp_path, "from kinepath.clean import clean\n"))
    assert {
        "clean/__init__.py",
        "signal/gaps.py",
        "io/sequence.py",
        "io/files.py",
        "errors.py",
    } <= used
    assert "chain" not in " ".join(used)


def test_a_module_named_as_an_attribute_is_found(tmp_path: Path) -> None:
    assert "io/sequence.py" in code.modules_used(
        script(tmp_path, "from kinepath.io import sequence\n")
    )
    assert "bat/__init__.py" in code.modules_used(script(tmp_path, "import kinepath.bat\n"))


def test_templates_count_as_code(tmp_path: Path) -> None:
    used = code.modules_used(script(tmp_path, "from kinepath.site import write_clip\n"))
    assert {"site/templates/clip.html", "site/assets/style.css", "site/assets/player.js"} <= used
    used = code.modules_used(script(tmp_path, "from kinepath.io import sequence\n"))
    assert {Path(name).suffix for name in used} == {".py"}


def test_a_modules_data_counts_as_code(tmp_path: Path) -> None:
    used = code.modules_used(script(tmp_path, "from kinepath.bat.tracking import track\n"))
    assert {"bat/weights.py", "bat/weights.json"} <= used


def test_a_module_known_only_at_run_time_can_be_named(tmp_path: Path) -> None:
    path = script(tmp_path, "import json\n")
    assert code.digest(path) != code.digest(path, "kinepath.pose.backends.mediapipe")


def test_what_was_parsed_is_kept_and_a_damaged_file_of_it_does_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "kinepath"
    package.mkdir()
    (package / "one.py").write_text("x = 1\n")
    monkeypatch.setattr(code, "_PACKAGE", package)
    path = script(tmp_path, "from kinepath.one import x\n")
    first = code.digest(path)
    kept = code._store()
    assert set(json.loads(kept.read_text())) == {
        hashlib.sha256(each.read_bytes()).hexdigest() for each in (path, package / "one.py")
    }

    def refuse(source: bytes) -> None:
        raise AssertionError("parsed again")

    code._kept.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(code, "_parse", refuse)
        assert code.digest(path) == first
    for damage in ("{", "[]"):
        kept.write_text(damage)
        code._kept.cache_clear()
        assert code.digest(path) == first


def test_a_changed_module_changes_the_digest_and_a_comment_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "kinepath"
    package.mkdir()
    (package / "__init__.py").write_text("")
    module = package / "one.py"
    monkeypatch.setattr(code, "_PACKAGE", package)
    path = script(tmp_path, "from kinepath.one import x\n")
    digests = []
    for text in ("x = 1\n", "x = 1  # one\n", "x = 2\n"):
        module.write_text(text)
        digests.append(code.digest(path))
    assert digests[0] == digests[1] != digests[2]

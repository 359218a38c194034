from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from kinepath.io.files import sha256
from kinepath.pose.topdown.modelzoo import WeightsError, address_of, obtain, told_digest

CONTENT = b"tiny checkpoint"
DIGEST = hashlib.sha256(CONTENT).hexdigest()
NAME = f"net_coco-256x192-{DIGEST[:8]}_20230127.pth"

TABLE = """
import os.path as osp
raise RuntimeError('this is read, not run')
default_det_models = dict(
    human=dict(
        model=osp.join(path, '.mim', 'demo/cfg/'
                       'people.py'),
        weights='http://table/'
        'people-01234567.pth',
        cat_ids=(0, )),
    animal=dict(model='rtmdet-m', weights=None, cat_ids=(15, 16)))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site that has the file, on this machine."""
    folder = tmp_path_factory.mktemp("site")
    (folder / NAME).write_bytes(CONTENT)
    (folder / f"other-{'0' * 8}.pth").write_bytes(CONTENT)
    (folder / "plain.pth").write_bytes(CONTENT)

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


def packages(folder: Path, **weights: str | list[str] | None) -> Path:
    """Write an index as OpenMMLab's packages bring it; names have hyphens for underscores."""
    for package in ("mmpose", "mmdet"):
        root = folder / package / ".mim"
        (root / "configs").mkdir(parents=True)
        models = [
            {"Config": f"configs/{name.replace('_', '-')}.py", "Weights": where}
            for name, where in weights.items()
            if package == "mmpose"
        ]
        (root / "model-index.yml").write_text(yaml.safe_dump({"Import": ["configs/meta.yml"]}))
        (root / "configs" / "meta.yml").write_text(yaml.safe_dump({"Models": models}))
    return folder


def test_weights_come_from_the_address_that_the_index_names(tmp_path: Path, site: str) -> None:
    index = packages(tmp_path / "packages", net=f"{site}/{NAME}")
    target, kept = tmp_path / "models" / "mmpose" / "net.pth", tmp_path / "models"
    assert obtain("net", index, target, kept) == DIGEST
    assert target.read_bytes() == CONTENT
    assert (kept / NAME).samefile(target)
    assert {path.name for path in kept.iterdir()} == {"mmpose", NAME}


def test_a_file_that_was_put_there_needs_no_network(tmp_path: Path) -> None:
    index = packages(tmp_path / "packages", net=f"http://127.0.0.1:9/{NAME}")
    arguments = ("net", index, tmp_path / "net.pth", tmp_path)
    with pytest.raises(WeightsError) as caught:
        obtain(*arguments)
    told = str(caught.value)
    assert told.startswith(f"http://127.0.0.1:9/{NAME}: ")
    assert "Connection refused" in told
    assert told.endswith(f"download it elsewhere and put it there as {tmp_path / NAME}")
    assert [path.name for path in tmp_path.iterdir()] == ["packages"]
    (tmp_path / NAME).write_bytes(CONTENT)
    assert obtain(*arguments) == DIGEST
    (tmp_path / NAME).write_bytes(b"cut off")
    with pytest.raises(WeightsError, match=f"begins with {DIGEST[:8]}; fetch it again"):
        obtain(*arguments)


@pytest.mark.parametrize(
    ("name", "digest", "message"),
    [
        ("gone.pth", None, r"gone\.pth: HTTP Error 404: File not found; download it elsewhere"),
        ("other-00000000.pth", None, f"SHA-256 is {DIGEST}, but its name says that .* 00000000"),
        ("plain.pth", "1" * 64, f"SHA-256 is {DIGEST}, not 1111"),
    ],
)
def test_what_is_not_there_or_another_file_is_refused_and_not_kept(
    tmp_path: Path, site: str, name: str, digest: str | None, message: str
) -> None:
    index = packages(tmp_path / "packages", net=f"{site}/{name}")
    with pytest.raises(WeightsError, match=message):
        obtain("net", index, tmp_path / "a" / "net.pth", tmp_path / "a", digest)
    assert not list((tmp_path / "a").iterdir())


def test_a_name_without_a_digest_is_taken_and_the_users_own_digest_comes_first(
    tmp_path: Path, site: str, caplog: pytest.LogCaptureFixture
) -> None:
    index = packages(tmp_path / "p", net=f"{site}/plain.pth", odd=f"{site}/other-00000000.pth")
    assert obtain("net", index, tmp_path / "net.pth", tmp_path) == DIGEST
    assert f"plain.pth: no digest is known; its SHA-256 is {DIGEST}" in caplog.text
    assert obtain("odd", index, tmp_path / "odd.pth", tmp_path, DIGEST) == DIGEST
    assert sha256(tmp_path / "odd.pth") == DIGEST


def test_the_table_of_detectors_is_read_and_not_run(tmp_path: Path) -> None:
    index = packages(tmp_path, net="http://index/net.pth", several=["a", "b"], bare=None)
    table = tmp_path / "mmpose" / "apis" / "inferencers" / "utils" / "default_det_models.py"
    table.parent.mkdir(parents=True)
    table.write_text(TABLE)
    assert address_of("people", index) == "http://table/people-01234567.pth"
    assert address_of("net", index) == "http://index/net.pth"
    for name in ("several", "bare", "peopel"):
        with pytest.raises(WeightsError, match=f"names no weights for {name}"):
            address_of(name, index)
    with pytest.raises(WeightsError, match="there are for people; give the path of a checkpoint"):
        address_of("peopel", index)
    with pytest.raises(WeightsError, match=r"there is no model-index\.yml"):
        address_of("net", tmp_path / "empty")


@pytest.mark.parametrize(
    ("name", "digest"),
    [
        ("rtmpose-s_simcc-coco_pt-aic-coco_420e-256x192-8edcf0d7_20230127.pth", "8edcf0d7"),
        ("faster_rcnn_r50_fpn_1x_coco_20200130-047c8118.pth", "047c8118"),
        ("cid_hrnet-w32_8xb20-140e_coco-512x512_42b7e6e6-20230207.pth", "42b7e6e6"),
        ("yolo-x_8xb8-300e_coco-face_13274d7c.pth", "13274d7c"),
        ("rtmpose-m_simcc-hand5_pt-aic-coco_210e-256x256-74fb594_20230320.pth", "74fb594"),
        ("rtmw-dw-x-l_simcc-cocktail14_270e-384x288-20231122.pth", None),
        ("edpose_res50_coco_3rdparty.pth", None),
    ],
)
def test_names_of_files_tell_how_the_digest_begins(name: str, digest: str | None) -> None:
    assert told_digest(name) == digest

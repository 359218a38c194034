"""Figures: the same bytes twice, words where there is nothing to draw, labels that are clear."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text

from kinepath import pairs
from kinepath.chain import NODES, ChainResult, Edge, Node
from kinepath.drawing.figures import style
from kinepath.drawing.figures.chain import draw_chain
from kinepath.drawing.figures.labels import box_around, place_clear
from kinepath.drawing.figures.likeness import draw_map, draw_tree
from kinepath.drawing.figures.pairs import draw_matrix, draw_warping, like_together
from kinepath.pairs.summary import summarise
from tests.moving import moving

TIME = np.arange(60) / 30
SPEED = np.exp(-(((TIME - 1.2) / 0.1) ** 2)) * 8
ORDER = ("left_ankle", "left_hip", "left_wrist", "bat")
SETTINGS: dict[str, Any] = {
    "joints": [],
    "scale": {"position": 0.1},
    "band": None,
    "max_gap_s": 0.1,
    "minimum_share": 0.8,
    "minimum_parts": 0.7,
}


def found_chain() -> ChainResult:
    nodes = tuple(Node(n, 1.0 + 0.03 * k, n != "pelvis") for k, n in enumerate(NODES))
    nodes = tuple(Node(n.name, n.activation_time_s if n.alive else None, n.alive) for n in nodes)
    edges = tuple(Edge(a, b, 0.8, 0.04, 0.001) for a, b in pairwise(ORDER))
    return ChainResult("whitepaper", nodes, edges, ORDER, "It runs.", notes=("Beware.",))


def words(figure: Figure) -> str:
    return " ".join(text.get_text() for text in figure.findobj(Text))


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_the_same_figure_gives_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    for name in ("a", "b"):
        figure = draw_chain(found_chain(), "Haken – ज़ोर $5 – 勾", TIME, SPEED)
        style.save(figure, tmp_path / f"{name}{suffix}")
    first = (tmp_path / f"a{suffix}").read_bytes()
    assert first == (tmp_path / f"b{suffix}").read_bytes()
    assert b"<dc:date>" not in first and b"Matplotlib v" not in first


def test_a_chain_is_told_and_drawn() -> None:
    text = words(draw_chain(found_chain(), "Hook", TIME, SPEED))
    for expected in ("Hook", "kinetic chain to the bat", "It runs.", "0.80 · 40 ms", "Beware."):
        assert expected in text
    assert "peak 8.0 at 1.20 s" in text
    assert "left ankle → left hip → left wrist → bat" in text


def test_edge_labels_cover_neither_each_other_nor_nodes(tmp_path: Path) -> None:
    figure = draw_chain(found_chain(), "Hook", TIME, SPEED)
    style.save(figure, tmp_path / "x.png")
    labels = [t for t in figure.findobj(Annotation) if " ms" in t.get_text()]
    boxes = [Text.get_window_extent(label) for label in labels]
    assert len(boxes) == 3
    for k, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:k])
        for node in figure.axes[1].collections:
            assert not box.contains(*node.get_offset_transform().transform(node.get_offsets())[0])


def test_no_chain_says_so() -> None:
    nodes = tuple(Node(name, None, False) for name in NODES)
    nothing = ChainResult("whitepaper", nodes, (), (), "No person is seen.")
    text = words(draw_chain(nothing, "Hook", TIME, None))
    assert "no kinetic chain" in text and "No person is seen." in text
    assert "no bat in this activity" in text
    text = words(draw_chain(nothing, "Hook", TIME[:1], np.full(1, np.nan)))
    assert "the bat is not known in any frame" in text


def test_labels_go_where_there_is_room() -> None:
    with style.styled():
        axes = style.new_figure(4, 4).add_subplot()
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        label = axes.annotate("here", (0.5, 0.5), xytext=(0, 0), textcoords="offset points")
        centre = axes.transData.transform([0.5, 0.5])
        right = box_around(centre + np.array([150.0, 0.0]), 300, 40)
        place_clear(axes, [label], [right])
    x, y = label.get_position()
    assert x < 0 or abs(y) > 10


def comparison(count: int) -> pairs.Pairs:
    clips = {
        f"clip{k}": moving({"left_wrist": 0.5, "left_elbow": 0.4 + 0.1 * k}) for k in range(count)
    }
    return pairs.compare(pairs.usable(clips.items(), SETTINGS)[0])


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, "no clip can be compared"), (1, "one clip: nothing"), (2, "Wurf 1"), (4, "Wurf 3")],
)
def test_matrix(tmp_path: Path, count: int, expected: str) -> None:
    found = comparison(count)
    labels = {f"clip{k}": f"Wurf {k}" for k in range(4)}
    figure = draw_matrix(found, "throwing", labels)
    assert expected in words(figure)
    if count == 4:
        values = [f"{value:.2g}" for value in found.per_step[np.triu_indices(4, 1)]]
        assert all(value in words(figure) for value in values)
    style.save(figure, tmp_path / "a.png")
    style.save(draw_matrix(found, "throwing", labels), tmp_path / "b.png")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_the_matrix_says_who_was_left_out() -> None:
    nothing = pairs.compare({}, excluded={"a": "never seen: knee"})
    assert "Wurf: never seen: knee" in words(draw_matrix(nothing, "x", {"a": "Wurf"}))


def test_like_clips_stand_together() -> None:
    place = np.array([0.0, 9.0, 0.2, 9.1, 0.1])
    order = like_together(np.abs(place[:, None] - place))
    near = place[order] < 5
    assert np.count_nonzero(near[1:] != near[:-1]) == 1
    assert sorted(order.tolist()) == [0, 1, 2, 3, 4]


def test_warping_path_figure(tmp_path: Path) -> None:
    found = comparison(2)
    path = found.path("clip0", "clip1")
    curves = [np.sin(found.times[0]), np.full(found.times[1].shape, np.nan)]
    cost = np.zeros((len(found.times[0]), len(pairs.GROUPS)))
    cost[:, 1], cost[:, 3] = 1.0, 3.0
    names = ("Eins", "Zwei")
    figure = draw_warping(path, found.times, curves, names, "speed (statures/s)", cost)
    text = words(figure)
    assert "Eins – Zwei" in text
    assert "right leg 25 %" in text and "left arm 75 %" in text and "trunk" not in text
    line = figure.axes[0].lines[1].get_xydata()
    np.testing.assert_allclose(np.asarray(line)[:, 0], found.times[0][path[:, 0]])
    style.save(figure, tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, "no clip can be compared"), (1, "one clip: nothing"), (2, "Wurf"), (4, "Wurf")],
)
def test_tree_and_map(tmp_path: Path, count: int, expected: str) -> None:
    found = comparison(count)
    labels = {f"clip{k}": ("Wurf", "Hieb", "Wurf", None)[k] for k in range(4)}
    told = summarise(found, labels, dict.fromkeys(labels), 99)
    for figure in (draw_tree(found, "throwing", labels), draw_map(found, "throwing", labels, told)):
        assert expected in words(figure)
        style.save(figure, tmp_path / "a.png")
    if count == 4:
        assert "no label" in words(draw_map(found, "throwing", labels, told))
        assert "Hieb (clip1)" in words(draw_tree(found, "throwing", labels))
    again = draw_map(found, "throwing", labels, told)
    style.save(again, tmp_path / "b.png")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_a_tree_of_many_clips_names_labels_only() -> None:
    rng = np.random.default_rng(1)
    clips = {
        f"c{k}": pairs.Features(rng.normal(size=(4, 1)), np.arange(4.0), ("left_knee",), np.ones(1))
        for k in range(90)
    }
    labels = {clip: f"label {k % 9}" for k, clip in enumerate(clips)}
    figure = draw_tree(pairs.compare(clips), "x", labels)
    text = " ".join(words(figure).split()) + str([t.get_text() for t in figure.findobj(Text)])
    assert "label 8" in text and "(c7)" not in text

"""The series in which a kinetic chain is searched for: node velocities along the swing axis.

The preprocessing of the published method: centre on the pelvis, divide by the median shoulder
width, smooth, differentiate, project on the first principal component of the bat tip's trajectory.
Unknown samples stay masked in place; dropping them, as the published code does, would create
spurious jumps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from kinepath.body.skeleton import BODY_JOINTS
from kinepath.errors import KinepathError
from kinepath.io.sequence import values_of
from kinepath.signal.gaps import runs_of
from kinepath.signal.smoothing import savitzky_golay
from kinepath.typing import Array

PELVIS, BAT = "pelvis", "bat"

#: The nodes of a chain, from the feet up.
NODES: tuple[str, ...] = (*BODY_JOINTS[:6], PELVIS, *BODY_JOINTS[6:], BAT)


class NoSeriesError(KinepathError):
    """A clip without series in which a chain could be searched for."""


@dataclass(frozen=True)
class NodeSeries:
    """Velocities of the nodes along the swing axis.

    Parameters
    ----------
    names : tuple of str
        The nodes.
    velocity : ndarray, shape (nodes, time)
        Shoulder widths per second; NaN where unknown.
    time : ndarray, shape (time,)
        Seconds on the raw video's clock.
    fps : float
        Frame rate, hertz.
    """

    names: tuple[str, ...]
    velocity: Array
    time: Array
    fps: float


def node_series(
    kinematics: xr.Dataset, *, window_s: float, order: int, minimum_confidence: float
) -> NodeSeries:
    """Compute the node series of a clip.

    Parameters
    ----------
    kinematics : xarray.Dataset
        With ``position``, ``confidence``, ``bat_tip`` and ``bat_confidence``.
    window_s, order : float, int
        Window (seconds) and order of the Savitzky-Golay filter.
    minimum_confidence : float
        Samples with a lower confidence are not used.

    Raises
    ------
    NoSeriesError
        If the activity has no bat, no person or bat is seen, or too few consecutive frames are
        known.
    """
    if "bat_tip" not in kinematics:
        raise NoSeriesError("the activity has no bat, so there is no swing axis")
    fps = float(kinematics.attrs["fps"])
    body = _body(kinematics, minimum_confidence)
    bat = kinematics["bat_tip"].transpose("time", "space").values
    unsure = kinematics["bat_confidence"].values < minimum_confidence
    bat = np.where(unsure[:, np.newaxis], np.nan, bat)
    if np.isnan(body).all():
        raise NoSeriesError("no person is seen well enough in any frame")
    if np.isnan(bat).all():
        raise NoSeriesError("the bat is not known in any frame")
    at = {name: k for k, name in enumerate(BODY_JOINTS)}
    pelvis = (body[:, at["left_hip"]] + body[:, at["right_hip"]]) / 2
    across = np.linalg.norm(body[:, at["left_shoulder"]] - body[:, at["right_shoulder"]], axis=1)
    if np.isnan(across).all() or np.nanmedian(across) == 0:
        raise NoSeriesError("both shoulders are never seen together, so there is no scale")
    points = np.concatenate(
        [body[:, :6], pelvis[:, np.newaxis], body[:, 6:], bat[:, np.newaxis]], axis=1
    )
    points = (points - pelvis[:, np.newaxis]) / np.nanmedian(across)
    velocity = velocities(points, fps, window_s=window_s, order=order)
    axis = principal_axis(points[:, -1])
    return NodeSeries(NODES, (velocity @ axis).T, kinematics["time"].values, fps)


def principal_axis(trace: Array) -> Array:
    """Return the first principal component of a trajectory (time, 2), larger component positive.

    Raises
    ------
    NoSeriesError
        If fewer than three samples are known, or all coincide.
    """
    known = trace[np.isfinite(trace).all(axis=1)]
    if len(known) < 3 or not np.ptp(known, axis=0).any():
        raise NoSeriesError("the bat's tip is known in too few frames together with the hips")
    axis = np.linalg.eigh(np.cov(known.T))[1][:, -1]
    return np.asarray(axis * np.sign(axis[np.argmax(np.abs(axis))]))


def velocities(points: Array, fps: float, *, window_s: float, order: int) -> Array:
    """Smooth (Savitzky-Golay) and differentiate (central differences), each run separately.

    Parameters
    ----------
    points : ndarray, shape (time, nodes, 2)
        NaN where unknown.
    fps : float
        Frame rate, hertz.
    window_s, order : float, int
        Window (seconds; the nearest odd number of frames that the order allows) and order.

    Returns
    -------
    ndarray, shape (time, nodes, 2)
        Per second. Both ends of a run have their neighbour's velocity, as in the published code;
        runs shorter than the window are NaN.
    """
    window = max(2 * round((window_s * fps - 1) / 2) + 1, order + 1 + order % 2, 3)
    result = np.full(points.shape, np.nan)
    for node in range(points.shape[1]):
        for begin, end in runs_of(np.isfinite(points[:, node].sum(axis=1))):
            if end - begin >= window:
                smooth = savitzky_golay(points[begin:end, node], window, order)
                inner = (smooth[2:] - smooth[:-2]) * fps / 2
                result[begin:end, node] = np.pad(inner, ((1, 1), (0, 0)), mode="edge")
    return result


def _body(kinematics: xr.Dataset, minimum_confidence: float) -> Array:
    """Return the positions of the body joints, (time, joints, 2), NaN at too low confidence."""
    position = values_of(kinematics, "position", BODY_JOINTS)
    confidence = values_of(kinematics, "confidence", BODY_JOINTS)
    return np.where(confidence[..., np.newaxis] < minimum_confidence, np.nan, position)

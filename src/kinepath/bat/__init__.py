"""The position of the bat, or another implement, in every frame, and its source.

:func:`kinepath.bat.tracking.track` searches the frames for it: a ray of the implement's length and
width from the hands that differs from what is beside and behind it, and moves like a swung
implement. :func:`pose_proxy` infers it from the arms where it was not seen. A detector with the
user's own weights may contribute: see :mod:`kinepath.bat.detectors`.
"""

from kinepath.bat.geometry import pixels_per_metre
from kinepath.bat.proxy import LEAST_AGREEMENT, pose_proxy
from kinepath.bat.sources import SOURCES, source_shares

__all__ = ["LEAST_AGREEMENT", "SOURCES", "pixels_per_metre", "pose_proxy", "source_shares"]

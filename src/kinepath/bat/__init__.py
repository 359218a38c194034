"""Where the bat, or whatever is swung, is in every frame, and how that is known.

:func:`kinepath.bat.tracking.track` looks for it in the
pictures: a ray of an implement's length and width from the hands,
unlike what is beside it and behind it, that moves as a swung thing can. :func:`pose_proxy` guesses
it from the arms where it was not seen. A detector with the user's own weights may take part: see
:mod:`kinepath.bat.detectors`.
"""

from kinepath.bat.geometry import pixels_per_metre
from kinepath.bat.proxy import LEAST_AGREEMENT, pose_proxy
from kinepath.bat.sources import SOURCES, source_shares

__all__ = ["LEAST_AGREEMENT", "SOURCES", "pixels_per_metre", "pose_proxy", "source_shares"]

"""From sports video to keypoints, kinematics, kinetic chains and comparisons."""

from importlib.metadata import version

__version__ = version("kinepath")

"""What most scripts import; imported once, by the process that tests copy (see ``scripts``)."""

import av
import cv2
import h5netcdf
import matplotlib.figure
import numba
import pandas
import scipy.signal
import scipy.spatial
import xarray

import kinepath.io.sequence
import kinepath.io.video

__all__ = ["av", "cv2", "h5netcdf", "kinepath", "matplotlib", "numba", "pandas", "scipy", "xarray"]

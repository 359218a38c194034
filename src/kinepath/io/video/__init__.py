"""Reading videos as players show them, and writing them through ffmpeg.

A file contains more than its images: which stream is the video, its orientation, pixel aspect
ratio, cropping, colours, fields and frame times.
"""

from kinepath.io.video.base import Frame, Image, VideoError, even, resized
from kinepath.io.video.reader import VideoReader, read_frames, read_grey
from kinepath.io.video.writer import ffmpeg_binary, run_ffmpeg, video_writer, x264_options

__all__ = [
    "Frame",
    "Image",
    "VideoError",
    "VideoReader",
    "even",
    "ffmpeg_binary",
    "read_frames",
    "read_grey",
    "resized",
    "run_ffmpeg",
    "video_writer",
    "x264_options",
]

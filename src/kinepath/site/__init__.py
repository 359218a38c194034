"""The pages: all results of a run in one folder that opens from disk, offline."""

from kinepath.site.content import COUNTED, KINDS, Clip, Comparison, FailedClip, Form, Index
from kinepath.site.pages import write_clip, write_comparison, write_index

__all__ = [
    "COUNTED",
    "KINDS",
    "Clip",
    "Comparison",
    "FailedClip",
    "Form",
    "Index",
    "write_clip",
    "write_comparison",
    "write_index",
]

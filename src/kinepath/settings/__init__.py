"""Settings: typed models with defaults, units and bounds, and the checking of what users write.

The models are the source. From them come the defaults, the JSON schema and the reference page
(``make settings``).
"""

from kinepath.settings.checks import (
    check,
    check_mentions,
    completed,
    defaults,
    grid_settings,
    load_schema,
    montage_settings,
)
from kinepath.settings.model import SettingsError
from kinepath.settings.project import Settings

__all__ = [
    "Settings",
    "SettingsError",
    "check",
    "check_mentions",
    "completed",
    "defaults",
    "grid_settings",
    "load_schema",
    "montage_settings",
]

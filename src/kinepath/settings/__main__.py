"""Write what is generated from the models: ``python -m kinepath.settings``, in the project's root."""

from pathlib import Path

import yaml

from kinepath.io.files import replacing
from kinepath.settings.generate import json_schema, reference

SCHEMA, REFERENCE = Path("config/schemas/config.schema.yaml"), Path("docs/settings.md")
HEAD = "# Written from the models in src/kinepath/settings by `make settings`.\n"


def contents() -> dict[Path, str]:
    """Return each file's content."""
    schema = yaml.safe_dump(json_schema(), sort_keys=False, allow_unicode=True, width=100)
    return {SCHEMA: HEAD + schema, REFERENCE: reference()}


if __name__ == "__main__":
    for path, text in contents().items():
        with replacing(path) as temporary:
            Path(temporary).write_text(text, encoding="utf-8")

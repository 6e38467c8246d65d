"""The settings file of a home, as a template and as it is in effect."""

import json
import tomllib
from collections.abc import Mapping
from typing import Any

from data.settings import FILE_NAME, Settings

HEAD = """# Settings of this home. A line without the # holds; a variable RAPPORT_<KEY> wins over it.
# `rapport config validate` checks this file, `rapport config explain` says what is in effect.
"""
NOT_IN_FILE = frozenset({"home"})
"""The file stands in the home, so that it cannot name it."""
SECRET = frozenset({"database_url"})


def template() -> str:
    """Every setting with its meaning, commented out at its default."""
    parts = [HEAD]
    for name, field in Settings.model_fields.items():
        if name not in NOT_IN_FILE:
            meaning = " ".join((field.description or "").split())
            parts.append(f"# {meaning}\n# {name} = {json.dumps(field.default)}\n")
    return "\n".join(parts)


def explained(settings: Settings, environment: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each setting: its value, where it comes from, and what it means.

    Args:
        settings: Those in effect.
        environment: Variables of the process.
    """
    file = settings.home / FILE_NAME
    given = tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}
    variables = {name.upper() for name in environment}
    rows = []
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        source = "default"
        if f"RAPPORT_{name.upper()}" in variables:
            source = "environment"
        elif name in given:
            source = FILE_NAME
        elif name in NOT_IN_FILE and value != field.default:
            source = "--home"
        shown = ("(set)" if value else "") if name in SECRET else value
        rows.append(
            {
                "name": name,
                "value": str(shown) if name in NOT_IN_FILE else shown,
                "source": source,
                "meaning": " ".join((field.description or "").split()),
            }
        )
    return rows

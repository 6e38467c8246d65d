"""From the registry to the page of a report."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from data.atomic_files import replacing
from data.bundles import Bundle
from data.database import Engine
from data.errors import NotFoundError
from data.model_cards import read_card
from data.registry import find_champion, get_model
from data.settings import Settings
from training.console import ReportProgress
from training.jobs import open_model
from training.report.page import Chapter, page
from training.report.sections import Section, matching_sections, recommender_sections

Maker = Callable[[Settings, Engine, Bundle, Mapping[str, Any], int], list[Section]]
MAKERS: Mapping[str, Maker] = {
    "matching": matching_sections,
    "recommender": recommender_sections,
}


def write_report(
    settings: Settings,
    engine: Engine,
    out: Path,
    *,
    version: str | None,
    seed: int,
    on_progress: ReportProgress,
) -> list[str]:
    """Measure models anew on held-out data and write the page; it appears whole or not at all.

    Args:
        settings: The home.
        engine: Its database.
        out: The file.
        version: A model; None means every champion.
        seed: Of the intervals.
        on_progress: Told of each model.

    Returns:
        The versions on the page.

    Raises:
        NotFoundError: There is no such model, or none serves yet.
    """
    if version is None:
        found = [find_champion(engine, kind) for kind in MAKERS]
        models = [model for model in found if model is not None]
    else:
        models = [get_model(engine, version)]
    if not models:
        raise NotFoundError("no model serves yet: train one first, or name a version")
    chapters = []
    for place, model in enumerate(models):
        on_progress("report", place, len(models))
        bundle = open_model(settings, engine, model.kind, model.version)
        card = read_card(
            engine, settings.models, settings.keys, kind=model.kind, version=model.version
        )
        sections = MAKERS[model.kind](settings, engine, bundle, card, seed)
        chapters.append(Chapter(card=card, sections=sections))
    on_progress("report", len(models), len(models))
    with replacing(out) as part:
        part.write_bytes(page(chapters).encode())
    return [model.version for model in models]

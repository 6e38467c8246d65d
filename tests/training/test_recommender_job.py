"""The recommender from the store to its comparison."""

from datetime import UTC, datetime

from data.database import open_engine
from data.importing import import_folder
from data.migrate import upgrade
from data.settings import Settings
from training.console import as_json
from training.jobs import evaluate_models, train_model
from training.products import Order


class TestEvaluate:
    def test_a_clinic_with_events_alone(self, tmp_path):
        """Nothing can be shown where no item is listed; that is said in valid JSON."""
        lines = [
            f"e{day},u{day % 4},i{day % 3},complete,2026-01-{day:02d}T08:00:00Z"
            for day in range(1, 29)
        ]
        folder = tmp_path / "clinic"
        folder.mkdir()
        text = "\n".join(["event_id,user_id,item_id,type,at", *lines]) + "\n"
        (folder / "content_events.csv").write_text(text)
        settings = Settings.load(tmp_path / "home")
        settings.home.mkdir()
        engine = open_engine(settings.url)
        upgrade(engine)
        import_folder(engine, folder)
        order = Order(
            kind="recommender",
            as_of=None,
            seed=1,
            budget_seconds=2.0,
            at=datetime(2026, 2, 1, tzinfo=UTC),
        )
        trained = train_model(settings, engine, order, on_progress=lambda *_: None)
        document = evaluate_models(
            settings,
            engine,
            "recommender",
            versions=[trained.version],
            seed=1,
            on_progress=lambda *_: None,
        )
        assert as_json(trained.metrics)
        assert as_json(document)

"""Settings of one installation: `$RAPPORT_HOME/rapport.toml`, then environment variables.

`RAPPORT_HOME` (or `--home`) names the folder; every other setting is a key of the file or a
variable `RAPPORT_<KEY>`, which wins.
"""

import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Self

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from data.errors import SettingsError

FILE_NAME = "rapport.toml"
MISSPELT = 0.6
"""How alike an unknown key has to be to a known one to be taken for it."""


class Settings(BaseSettings):
    """All settings with their defaults; unknown keys are refused."""

    model_config = SettingsConfigDict(
        env_prefix="RAPPORT_",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    home: Path = Path("var")
    """Folder of everything that is kept at run time."""
    database_url: str = ""
    """SQLAlchemy URL; empty means the SQLite file `rapport.db` in the home."""
    country: str = Field(default="US", pattern=r"^[A-Z]{2}$")
    """ISO 3166 country whose crisis resources are given where a region names none, and whose currency fees are in."""
    seed: int = Field(default=20_261_124, ge=0)
    """Seed of everything random unless a command names its own."""
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")
    """Least severe log line that is written."""
    contact: str = Field(default="", max_length=500)
    """Whom questions about a model go to; printed in model cards."""
    funding: str = Field(default="", max_length=500)
    """Who paid for the models; printed in model cards."""
    clinical_owner: str = Field(default="", max_length=500)
    """The clinician who answers for the models; printed in model cards."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - likewise
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Call arguments win over the environment, which wins over the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @classmethod
    def load(cls, home: Path | None = None) -> Self:
        """Settings of the installation in a home folder.

        Args:
            home: The folder; where None, `RAPPORT_HOME` or the default.

        Raises:
            SettingsError: The file cannot be read or a value is impossible.
        """
        given: dict[str, Any] = {} if home is None else {"home": home}
        try:
            folder = cls(**given).home
            file = folder / FILE_NAME
            if not file.is_file():
                return cls(**given)
            bound = type(
                cls.__name__, (cls,), {"model_config": {**cls.model_config, "toml_file": file}}
            )
            return bound(**{**given, "home": folder})
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            name = ".".join(str(part) for part in first["loc"])
            nearest = get_close_matches(name, cls.model_fields, n=1, cutoff=MISSPELT)
            is_unknown = bool(nearest) and first["type"] == "extra_forbidden"
            hint = f"; the nearest known one is {nearest[0]!r}" if is_unknown else ""
            raise SettingsError(f"setting {name!r}: {first['msg']}{hint}") from None
        except tomllib.TOMLDecodeError as error:
            raise SettingsError(f"{FILE_NAME} is not valid TOML: {error}") from None

    @property
    def url(self) -> str:
        """The database URL in effect."""
        return self.database_url or f"sqlite:///{(self.home / 'rapport.db').resolve()}"

    @property
    def models(self) -> Path:
        """Folder of model bundles."""
        return self.home / "models"

    @property
    def keys(self) -> Path:
        """Folder of signing keys, readable by its owner alone."""
        return self.home / "keys"

    @property
    def phrases(self) -> Path:
        """Folder of phrases that the clinic adds to the text tripwire."""
        return self.home / "phrases"

    @property
    def studies(self) -> str:
        """URL of the storage of hyperparameter studies, unless another is named."""
        return f"sqlite:///{(self.home / 'studies.db').resolve()}"

    @property
    def truth(self) -> Path:
        """Folder with the known truth of a simulated clinic, if there is one."""
        return self.home / "truth"

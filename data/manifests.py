"""The manifest of a model bundle: what the bundle holds, and the version that follows from it."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version as installed_version
from typing import Any

from data.errors import BundleError

PREFIXES = {"matching": "m", "recommender": "r"}
"""First letter of the versions of each kind of model."""
TRAINED_ON = ("synthetic", "real")
"""What data a model may have been trained on."""
FORMAT = 1
"""Layout of the folder; a reader refuses one it does not know."""
MANIFEST_NAME = "manifest.json"
SIGNATURE_NAME = "signature.ed25519"
FILE_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
"""Names of files: lower case, so that they differ on every file system."""
LIBRARIES = ("numpy", "pandas", "scipy")
"""Libraries whose versions are written down."""
MOST_BUNDLE_BYTES = 4 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """What the manifest says of one file."""

    sha256: str
    size: int
    """In bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a bundle holds and where it came from."""

    kind: str
    """`matching` or `recommender`."""
    version: str
    """The kind's letter and the first 12 hexadecimal digits of `bundle_hash`."""
    bundle_hash: str
    """SHA-256 over kind, files and meta."""
    files: Mapping[str, FileEntry]
    meta: Mapping[str, Any]
    """JSON about the training: `trained_on`, seed, as-of time, data hash, engine, libraries."""


def json_bytes(value: Any) -> bytes:
    r"""A value as JSON with sorted keys: equal values give equal bytes.

    Raises:
        BundleError: The value is not JSON, or holds a number that is not finite.

    Example:
        >>> json_bytes({"b": 1, "a": [True, None]})
        b'{"a":[true,null],"b":1}\n'
    """
    try:
        text = json.dumps(
            value, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
        )
        return (text + "\n").encode()
    except (TypeError, ValueError) as error:
        raise BundleError("a bundle holds finite JSON values only") from error


def parse_json(content: bytes) -> Any:
    """The value of a JSON file.

    Raises:
        BundleError: The content is not JSON in UTF-8, or holds a number that is not finite.
    """

    def refuse(_constant: str) -> Any:
        raise BundleError("a JSON file of the bundle holds a number that is not finite")

    try:
        return json.loads(content.decode(), parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise BundleError("a JSON file of the bundle is damaged") from error


def manifest_of(kind: str, files: Mapping[str, bytes], meta: Mapping[str, Any]) -> Manifest:
    """The manifest of a model's files, with the versions of the libraries that made it.

    Args:
        kind: `matching` or `recommender`.
        files: Content by file name.
        meta: JSON about the training; `trained_on` is required.

    Raises:
        BundleError: Kind, a file name or meta cannot stand in a bundle.
    """
    libraries = {name: installed_version(name) for name in LIBRARIES}
    entries = {
        name: FileEntry(sha256=hashlib.sha256(content).hexdigest(), size=len(content))
        for name, content in files.items()
    }
    return _checked(kind, entries, {"libraries": libraries, **meta})


def manifest_bytes(manifest: Manifest) -> bytes:
    """The content of `manifest.json`."""
    return json_bytes(_document(manifest))


def read_manifest(text: bytes) -> Manifest:
    """The manifest of a signed text, which must be exactly what we would write.

    Raises:
        BundleError: It is not.
    """
    document = parse_json(text)
    try:
        files = {name: FileEntry(**entry) for name, entry in document["files"].items()}
        manifest = _checked(document["kind"], files, document["meta"])
        is_ours = manifest_bytes(manifest) == text
    except (AttributeError, KeyError, TypeError) as error:
        raise BundleError("the manifest of the bundle lacks parts") from error
    if not is_ours:
        raise BundleError("the manifest of the bundle is of another format or does not add up")
    return manifest


def _checked(kind: str, files: Mapping[str, FileEntry], meta: Mapping[str, Any]) -> Manifest:
    """The manifest of checked parts, with the version that follows from them.

    Raises:
        BundleError: A part cannot stand in a bundle.
    """
    if kind not in PREFIXES:
        raise BundleError("a bundle is of kind matching or recommender")
    for name in files:
        if not FILE_NAME.fullmatch(name) or name in {MANIFEST_NAME, SIGNATURE_NAME}:
            raise BundleError("a bundle holds files with plain lower-case names only")
    if sum(entry.size for entry in files.values()) > MOST_BUNDLE_BYTES:
        raise BundleError("a bundle holds at most 4 GiB")
    if meta.get("trained_on") not in TRAINED_ON:
        raise BundleError("meta of a bundle says trained_on: synthetic or real")
    bare = Manifest(kind=kind, version="", bundle_hash="", files=files, meta=meta)
    digest = hashlib.sha256(json_bytes(_document(bare))).hexdigest()
    return Manifest(
        kind=kind,
        version=f"{PREFIXES[kind]}-{digest[:12]}",
        bundle_hash=digest,
        files=files,
        meta=meta,
    )


def _document(manifest: Manifest) -> dict[str, Any]:
    """The manifest as JSON."""
    files = {
        name: {"sha256": entry.sha256, "size": entry.size}
        for name, entry in manifest.files.items()
    }
    return {
        "format": FORMAT,
        "kind": manifest.kind,
        "version": manifest.version,
        "bundle_hash": manifest.bundle_hash,
        "files": files,
        "meta": dict(manifest.meta),
    }

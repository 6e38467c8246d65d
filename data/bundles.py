"""Model bundles: a folder of text and array files with a signed manifest.

    m-0123456789ab/
      manifest.json        kind, version, size and sha256 of each file, what the model came from
      signature.ed25519    64 bytes over manifest.json
      ...                  the model's own files

There is no clock in a bundle: the same seed and data give the same bytes and the same version.
Loading trusts nothing before its signature and hash are checked, and never runs what it reads.
"""

import hashlib
import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from data.arrays import arrays_to_npz, npz_to_arrays
from data.errors import BundleError, StorageError
from data.manifests import (
    MANIFEST_NAME,
    PREFIXES,
    SIGNATURE_NAME,
    FileEntry,
    Manifest,
    json_bytes,
    manifest_bytes,
    manifest_of,
    parse_json,
    read_manifest,
)

__all__ = [
    "Bundle",
    "Manifest",
    "arrays_to_npz",
    "json_bytes",
    "load_bundle",
    "npz_to_arrays",
    "parse_json",
    "write_bundle",
]

SIGNED_WORDS = b"rapport bundle 1\n"
"""Goes before the manifest when it is signed, so that a signature fits nothing else."""
MOST_MANIFEST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A bundle whose signature and hashes were checked, in memory."""

    manifest: Manifest
    files: Mapping[str, bytes]


def write_bundle(
    models: Path,
    *,
    kind: str,
    files: Mapping[str, bytes],
    meta: Mapping[str, Any],
    key: Ed25519PrivateKey,
) -> Manifest:
    """Publish a bundle as a folder named after its version; it appears whole or not at all.

    Publishing the same content again changes nothing, and replaces a damaged copy.

    Args:
        models: The folder of all bundles.
        kind: `matching` or `recommender`.
        files: Content by file name.
        meta: JSON about the training; `trained_on` is required. Library versions are added.
        key: Signs the manifest.

    Raises:
        BundleError: Kind, a file name or meta cannot stand in a bundle.
        StorageError: The folder cannot be written.
    """
    manifest = manifest_of(kind, files, meta)
    text = manifest_bytes(manifest)
    whole = {
        MANIFEST_NAME: text,
        SIGNATURE_NAME: key.sign(SIGNED_WORDS + text),
        **files,
    }
    try:
        _publish(models / manifest.version, whole, key.public_key())
    except OSError as error:
        raise StorageError(f"the model cannot be written: {error.strerror}") from error
    return manifest


def load_bundle(folder: Path, *, public_key: Ed25519PublicKey, kind: str) -> Bundle:
    """Read a bundle and check it: signature, manifest, names, sizes, hashes, in this order.

    Args:
        folder: The bundle's own folder, named after its version.
        public_key: Whose signature is accepted.
        kind: What kind of model is expected.

    Raises:
        BundleError: The bundle is missing, damaged, not signed by this key, of another kind or
            version, or holds anything but the files of its manifest.
    """
    try:
        names = _regular_files(folder)
        text = _read(folder / MANIFEST_NAME, MOST_MANIFEST_BYTES)
        signature = _read(folder / SIGNATURE_NAME, 64)
        public_key.verify(signature, SIGNED_WORDS + text)
        manifest = read_manifest(text)
        if manifest.kind != kind:
            raise BundleError(f"{folder.name} holds a model of kind {manifest.kind}")
        if folder.name != manifest.version:
            raise BundleError(f"{folder.name} holds version {manifest.version}")
        if names != {MANIFEST_NAME, SIGNATURE_NAME, *manifest.files}:
            raise BundleError(f"{folder.name} lacks files or holds others")
        files = {
            name: _read_checked(folder / name, entry) for name, entry in manifest.files.items()
        }
    except InvalidSignature as error:
        raise BundleError(f"{folder.name} is not signed with the key of this home") from error
    except OSError as error:
        raise BundleError(f"{folder.name} cannot be read: {error.strerror}") from error
    return Bundle(manifest=manifest, files=files)


def _regular_files(folder: Path) -> set[str]:
    """The names in a folder.

    Raises:
        BundleError: It is a link, or holds a link or a folder.
    """
    if folder.is_symlink():
        raise BundleError(f"{folder.name} is a link")
    with os.scandir(folder) as entries:
        found = {entry.name: entry.is_file(follow_symlinks=False) for entry in entries}
    if not all(found.values()):
        raise BundleError(f"{folder.name} holds links or folders")
    return set(found)


def _read(file: Path, most_bytes: int) -> bytes:
    """The content of a file that is no link.

    Raises:
        BundleError: It is longer than allowed.
    """
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    with os.fdopen(descriptor, "rb") as stream:
        content = stream.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise BundleError(f"{file.name} is longer than it should be")
    return content


def _read_checked(file: Path, entry: FileEntry) -> bytes:
    """The content of a file that is what the manifest says.

    Raises:
        BundleError: It is not.
    """
    content = _read(file, entry.size)
    if len(content) != entry.size or hashlib.sha256(content).hexdigest() != entry.sha256:
        raise BundleError(f"{file.name} is not what the manifest says")
    return content


def _publish(folder: Path, whole: Mapping[str, bytes], public_key: Ed25519PublicKey) -> None:
    """Put a folder in place in one step, durably; an intact one stays."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = folder.parent / f".new-{secrets.token_hex(8)}"
    draft.mkdir()
    try:
        for name, content in whole.items():
            with (draft / name).open("xb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        _sync_folder(draft)
        _put_in_place(draft, folder, public_key)
        _sync_folder(folder.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _put_in_place(draft: Path, folder: Path, public_key: Ed25519PublicKey) -> None:
    """Rename the draft, unless an intact bundle is there or another process was first.

    Raises:
        OSError: The folder cannot be written.
    """
    if os.path.lexists(folder):
        if _is_intact(folder, public_key):
            return
        folder.rename(folder.parent / f".damaged-{secrets.token_hex(8)}")
    try:
        draft.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise


def _is_intact(folder: Path, public_key: Ed25519PublicKey) -> bool:
    kind = next(
        (kind for kind, letter in PREFIXES.items() if folder.name.startswith(letter)), ""
    )
    try:
        load_bundle(folder, public_key=public_key, kind=kind)
    except BundleError:
        return False
    return True


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the system lets folders be opened."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

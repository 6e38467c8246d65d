"""The key pair that signs model bundles: made on first use, kept in the home.

Ed25519 (RFC 8032). The private half is readable by its owner alone; a machine that only serves
needs the public half and nothing else.
"""

import os
import secrets
import stat
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from data.errors import SettingsError

PRIVATE_NAME = "signing-private.pem"
PUBLIC_NAME = "signing-public.pem"


def open_signing_key(folder: Path) -> Ed25519PrivateKey:
    """The private key in a folder, made where there is none.

    Processes that start together end up with the same key.

    Args:
        folder: The folder of keys; made with mode 0700 where it is missing.

    Raises:
        SettingsError: The key cannot be made or read, is damaged, or others may read it.
    """
    file = folder / PRIVATE_NAME
    try:
        if not file.exists():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _create(file)
        key = _read_private(file)
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        if not (folder / PUBLIC_NAME).exists():
            _place(folder / PUBLIC_NAME, public, mode=0o644)
    except OSError as error:
        raise SettingsError(f"the signing key cannot be used: {error.strerror}") from error
    return key


def open_public_key(folder: Path) -> Ed25519PublicKey:
    """The public key in a folder: its own file, else from the private key, which may be made.

    Raises:
        SettingsError: There is a key and it cannot be read.
    """
    file = folder / PUBLIC_NAME
    try:
        text = file.read_bytes()
    except FileNotFoundError:
        return open_signing_key(folder).public_key()
    except OSError as error:
        raise SettingsError(f"{PUBLIC_NAME} cannot be read: {error.strerror}") from error
    try:
        key = load_pem_public_key(text)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SettingsError(f"{PUBLIC_NAME} is not a public key") from error
    if not isinstance(key, Ed25519PublicKey):
        raise SettingsError(f"{PUBLIC_NAME} is not an Ed25519 key")
    return key


def _create(file: Path) -> None:
    """Put a new private key in place, unless another process was first."""
    text = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    _place(file, text, mode=0o600)


def _place(file: Path, text: bytes, *, mode: int) -> None:
    """Write a file that appears whole or not at all, and never replaces another."""
    draft = file.with_name(f".{file.name}-{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(draft, file)
        except FileExistsError:
            return
    finally:
        draft.unlink()


def _read_private(file: Path) -> Ed25519PrivateKey:
    """The private key in a file.

    Raises:
        SettingsError: The file is damaged, or others may read it.
    """
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise SettingsError(f"{PRIVATE_NAME} may be read by others: run chmod 600 on it")
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SettingsError(f"{PRIVATE_NAME} is not a private key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SettingsError(f"{PRIVATE_NAME} is not an Ed25519 key")
    return key

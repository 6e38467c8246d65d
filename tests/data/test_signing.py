"""The key pair of a home."""

import stat
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from data.errors import SettingsError
from data.signing import PRIVATE_NAME, PUBLIC_NAME, open_public_key, open_signing_key

OPEN_PROGRAM = """
import sys
from pathlib import Path
from data.signing import open_signing_key
sys.stdin.readline()
print(open_signing_key(Path(sys.argv[1])).public_key().public_bytes_raw().hex())
"""


class TestOpenSigningKey:
    def test_it_is_made_once(self, tmp_path):
        """The second call finds the key of the first."""
        first = open_signing_key(tmp_path / "keys")
        again = open_signing_key(tmp_path / "keys")
        assert first.private_bytes_raw() == again.private_bytes_raw()

    def test_only_its_owner_may_read_it(self, tmp_path):
        """Mode 0600 in a folder of mode 0700, and no draft is left."""
        folder = tmp_path / "keys"
        open_signing_key(folder)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / PRIVATE_NAME).stat().st_mode) == 0o600
        assert sorted(entry.name for entry in folder.iterdir()) == [PRIVATE_NAME, PUBLIC_NAME]

    def test_processes_that_start_together_share_one_key(self, tmp_path):
        """Whoever is second takes the key of the first."""
        folder = tmp_path / "keys"
        workers = [
            subprocess.Popen(
                [sys.executable, "-c", OPEN_PROGRAM, str(folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(3)
        ]
        for worker in workers:
            worker.stdin.write("go\n")
            worker.stdin.flush()
        said = {worker.communicate(timeout=60)[0].strip() for worker in workers}
        assert said == {open_public_key(folder).public_bytes_raw().hex()}

    def test_a_key_that_others_may_read_is_refused(self, tmp_path):
        """The message names the cure."""
        open_signing_key(tmp_path)
        (tmp_path / PRIVATE_NAME).chmod(0o640)
        with pytest.raises(SettingsError, match="chmod 600"):
            open_signing_key(tmp_path)

    @pytest.mark.parametrize("text", [b"", b"-----BEGIN PRIVATE KEY-----\n", b"\xff" * 40])
    def test_a_damaged_key_is_refused(self, tmp_path, text):
        """It is never replaced in silence: every model of the home hangs on it."""
        (tmp_path / PRIVATE_NAME).write_bytes(text)
        (tmp_path / PRIVATE_NAME).chmod(0o600)
        with pytest.raises(SettingsError, match="not a private key"):
            open_signing_key(tmp_path)

    def test_a_key_of_another_kind_is_refused(self, tmp_path):
        """Ed25519 and nothing else."""
        text = Ed448PrivateKey.generate().private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        (tmp_path / PRIVATE_NAME).write_bytes(text)
        (tmp_path / PRIVATE_NAME).chmod(0o600)
        with pytest.raises(SettingsError, match="not an Ed25519 key"):
            open_signing_key(tmp_path)

    def test_a_folder_that_is_a_file_is_refused(self, tmp_path):
        """A missing right or a wrong path is said in our words."""
        (tmp_path / "keys").write_text("x")
        with pytest.raises(SettingsError, match="cannot be used"):
            open_signing_key(tmp_path / "keys")


class TestOpenPublicKey:
    def test_it_fits_the_private_key(self, tmp_path):
        """What one signs the other accepts, and nothing else."""
        key = open_signing_key(tmp_path)
        open_public_key(tmp_path).verify(key.sign(b"x"), b"x")

    def test_it_makes_the_pair_where_there_is_none(self, tmp_path):
        """The first command of a home may be one that only reads."""
        public = open_public_key(tmp_path / "keys")
        assert public == open_signing_key(tmp_path / "keys").public_key()

    def test_a_serving_machine_needs_no_private_key(self, tmp_path):
        """The public half is enough."""
        public = open_signing_key(tmp_path).public_key()
        (tmp_path / PRIVATE_NAME).unlink()
        assert open_public_key(tmp_path) == public

    def test_a_damaged_file_is_refused(self, tmp_path):
        """It is not silently derived again."""
        (tmp_path / PUBLIC_NAME).write_text("x")
        with pytest.raises(SettingsError, match="not a public key"):
            open_public_key(tmp_path)

    def test_a_key_of_another_kind_is_refused(self, tmp_path):
        """Ed25519 and nothing else."""
        text = Ed448PrivateKey.generate().public_key()
        (tmp_path / PUBLIC_NAME).write_bytes(
            text.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        )
        with pytest.raises(SettingsError, match="not an Ed25519 key"):
            open_public_key(tmp_path)

    def test_a_folder_in_its_place_is_refused(self, tmp_path):
        """Whatever the system says is passed on without a trace."""
        (tmp_path / PUBLIC_NAME).mkdir()
        with pytest.raises(SettingsError, match="cannot be read"):
            open_public_key(tmp_path)

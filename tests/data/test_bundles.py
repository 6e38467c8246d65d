"""Bundles: written once, read with distrust."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from data.bundles import (
    SIGNED_WORDS,
    arrays_to_npz,
    json_bytes,
    load_bundle,
    parse_json,
    write_bundle,
)
from data.errors import BundleError, StorageError
from data.manifests import MANIFEST_NAME, SIGNATURE_NAME

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
FILES = {
    "weights.npz": arrays_to_npz({"w": np.arange(4.0)}),
    "model.json": json_bytes({"slope": 0.5}),
    "trees.txt": b"tree\n",
}
META = {"trained_on": "synthetic", "seed": 1, "as_of": "2026-01-01T00:00:00Z"}


def write(models, *, kind="matching", files=FILES, meta=META, key=KEY):
    """Publish the example."""
    return write_bundle(models, kind=kind, files=files, meta=meta, key=key)


def load(folder, *, key=KEY, kind="matching"):
    """Read it again."""
    return load_bundle(folder, public_key=key.public_key(), kind=kind)


def names_in(folder):
    """What stands in a folder, in order."""
    return sorted(entry.name for entry in folder.iterdir())


@pytest.fixture
def folder(tmp_path):
    """A published bundle."""
    return tmp_path / write(tmp_path).version


def sign_again(folder, document):
    """Put a manifest in place that carries a good signature."""
    text = document if isinstance(document, bytes) else json_bytes(document)
    (folder / MANIFEST_NAME).write_bytes(text)
    (folder / SIGNATURE_NAME).write_bytes(KEY.sign(SIGNED_WORDS + text))


class TestWriteBundle:
    def test_what_is_written_is_read(self, tmp_path):
        """Files, meta and version come back."""
        manifest = write(tmp_path)
        bundle = load(tmp_path / manifest.version)
        assert bundle.files == FILES
        assert bundle.manifest == manifest
        assert {name: manifest.meta[name] for name in META} == META
        assert "numpy" in manifest.meta["libraries"]

    def test_same_content_gives_same_bytes(self, tmp_path):
        """There is no clock and no chance in a bundle."""
        first = tmp_path / "a" / write(tmp_path / "a").version
        shuffled = dict(reversed(FILES.items()))
        second = tmp_path / "b" / write(tmp_path / "b", files=shuffled).version
        assert first.name == second.name
        assert {entry.name: entry.read_bytes() for entry in first.iterdir()} == {
            entry.name: entry.read_bytes() for entry in second.iterdir()
        }

    def test_the_version_follows_from_kind_files_and_meta(self, tmp_path):
        """Any difference gives another version."""
        versions = [
            write(tmp_path).version,
            write(tmp_path, kind="recommender").version,
            write(tmp_path, files={**FILES, "trees.txt": b"other\n"}).version,
            write(tmp_path, meta={**META, "seed": 2}).version,
        ]
        assert len(set(versions)) == 4
        assert [version[:2] for version in versions] == ["m-", "r-", "m-", "m-"]
        assert all(len(version) == 14 for version in versions)

    def test_publishing_again_changes_nothing(self, folder):
        """The folder that serves is not touched."""
        before = folder.stat().st_ino
        assert write(folder.parent).version == folder.name
        assert folder.stat().st_ino == before
        assert names_in(folder.parent) == [folder.name]

    def test_a_damaged_copy_is_replaced(self, folder):
        """Training again heals, and the damaged folder is kept aside."""
        (folder / "trees.txt").write_bytes(b"")
        write(folder.parent)
        assert load(folder).files == FILES
        assert len([name for name in names_in(folder.parent) if "damaged" in name]) == 1

    def test_two_at_once_publish_one(self, tmp_path):
        """Both succeed and one folder stands."""
        with ThreadPoolExecutor(4) as pool:
            versions = {
                entry.version for entry in pool.map(lambda _: write(tmp_path), range(8))
            }
        assert names_in(tmp_path) == list(versions)
        load(tmp_path / versions.pop())

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"kind": "other"}, "matching or recommender"),
            ({"files": {"../x": b""}}, "plain lower-case names"),
            ({"files": {"a/b": b""}}, "plain lower-case names"),
            ({"files": {".hidden": b""}}, "plain lower-case names"),
            ({"files": {"Weights.npz": b""}}, "plain lower-case names"),
            ({"files": {MANIFEST_NAME: b""}}, "plain lower-case names"),
            ({"files": {SIGNATURE_NAME: b""}}, "plain lower-case names"),
            ({"meta": {}}, "trained_on"),
            ({"meta": {"trained_on": "guess"}}, "trained_on"),
            ({"meta": {**META, "x": float("nan")}}, "finite JSON"),
            ({"meta": {**META, "x": object()}}, "finite JSON"),
        ],
    )
    def test_what_cannot_stand_in_a_bundle_is_refused(self, tmp_path, change, words):
        """Nothing is left behind."""
        with pytest.raises(BundleError, match=words):
            write(tmp_path, **change)
        assert names_in(tmp_path) == []

    def test_a_folder_that_cannot_be_written_is_a_storage_error(self, tmp_path):
        """Full or forbidden disks are said in our words."""
        (tmp_path / "models").write_text("a file")
        with pytest.raises(StorageError, match="cannot be written"):
            write(tmp_path / "models")

    def test_a_file_in_the_place_of_the_folder_is_moved_aside(self, tmp_path):
        """Whatever stands there is no bundle."""
        version = write(tmp_path / "a").version
        (tmp_path / version).write_text("a file")
        write(tmp_path)
        assert load(tmp_path / version).files == FILES

    def test_a_failing_rename_is_reported(self, tmp_path, monkeypatch):
        """Only a bundle that was faster excuses it."""

        def fail(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(type(tmp_path), "rename", fail)
        with pytest.raises(StorageError, match="No space left"):
            write(tmp_path)
        assert names_in(tmp_path) == []


class TestLoadBundle:
    def test_another_key_is_refused(self, folder):
        """A bundle of another home needs that home's key."""
        with pytest.raises(BundleError, match="not signed"):
            load(folder, key=OTHER_KEY)

    def test_another_kind_is_refused(self, folder):
        """A matching model never serves content."""
        with pytest.raises(BundleError, match="of kind matching"):
            load(folder, kind="recommender")

    def test_another_name_is_refused(self, folder):
        """The folder of one version cannot hold another, however well signed."""
        moved = folder.with_name("m-000000000000")
        folder.rename(moved)
        with pytest.raises(BundleError, match="holds version"):
            load(moved)

    def test_a_missing_folder_is_refused(self, tmp_path):
        """With the name of what is missing."""
        with pytest.raises(BundleError, match="m-1 cannot be read"):
            load(tmp_path / "m-1")

    def test_a_linked_folder_is_refused(self, folder, tmp_path):
        """A link may point anywhere, tomorrow elsewhere."""
        home = tmp_path / "other"
        home.mkdir()
        (home / folder.name).symlink_to(folder)
        with pytest.raises(BundleError, match="is a link"):
            load(home / folder.name)

    def test_a_linked_file_is_refused(self, folder, tmp_path):
        """Even if the content is right."""
        shutil.move(folder / "trees.txt", tmp_path / "elsewhere")
        (folder / "trees.txt").symlink_to(tmp_path / "elsewhere")
        with pytest.raises(BundleError, match="links or folders"):
            load(folder)

    def test_a_folder_inside_is_refused(self, folder):
        """Bundles are flat."""
        (folder / "more").mkdir()
        with pytest.raises(BundleError, match="links or folders"):
            load(folder)

    @pytest.mark.parametrize(
        "name", ["trees.txt", "weights.npz", MANIFEST_NAME, SIGNATURE_NAME]
    )
    def test_a_missing_file_is_refused(self, folder, name):
        """Each is needed."""
        (folder / name).unlink()
        with pytest.raises(BundleError):
            load(folder)

    def test_an_extra_file_is_refused(self, folder):
        """What was not signed does not lie beside what was."""
        (folder / "extra.txt").write_bytes(b"")
        with pytest.raises(BundleError, match="lacks files or holds others"):
            load(folder)

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda found: {**found, "format": 2},
            lambda found: {**found, "extra": 1},
            lambda found: {**found, "version": "m-000000000000"},
            lambda found: {**found, "bundle_hash": "0" * 64},
            lambda found: {**found, "kind": "other"},
            lambda found: {**found, "files": {}},
            lambda found: {**found, "files": {"../../secret": {"sha256": "0", "size": 1}}},
            lambda found: {**found, "files": {"a": {"sha256": "0", "size": "1"}}},
            lambda found: {**found, "files": {"a": {"sha256": "0", "size": 1 << 40}}},
            lambda found: {**found, "files": {"a": {"sha256": "0"}}},
            lambda found: {**found, "files": []},
            lambda found: {**found, "meta": []},
            lambda found: {name: found[name] for name in ("kind", "version")},
            lambda _: [],
            lambda _: b"{",
            lambda _: b"\xff",
            lambda _: b'{"meta": NaN}',
            lambda _: b"[" * 100_000,
            lambda found: json.dumps(found, indent=1).encode(),
        ],
        ids=[
            *("format", "extra", "version", "hash", "kind", "no_files", "path", "size_word"),
            *("size_huge", "entry", "files_list", "meta_list", "parts", "list", "cut", "bytes"),
            *("nan", "deep", "spaces"),
        ],
    )
    def test_a_signature_does_not_excuse_a_wrong_manifest(self, folder, spoil):
        """A signed manifest must still be exactly what we write."""
        sign_again(folder, spoil(parse_json((folder / MANIFEST_NAME).read_bytes())))
        with pytest.raises(BundleError):
            load(folder)

    def test_a_huge_manifest_is_not_read(self, folder):
        """Distrust begins before the first byte is parsed."""
        with (folder / MANIFEST_NAME).open("r+b") as stream:
            stream.truncate(5_000_000_000)
        with pytest.raises(BundleError, match="longer"):
            load(folder)

    def test_no_mutant_is_accepted(self, folder, tmp_path):
        """600 random flips, cuts, additions, removals and swaps of files."""
        chance = np.random.default_rng(7)
        names = names_in(folder)
        for number in range(600):
            mutant = tmp_path / "mutants" / folder.name
            shutil.copytree(folder, mutant)
            name, other = chance.choice(names, 2, replace=False)
            content = bytearray((folder / name).read_bytes())
            place, byte = chance.integers(len(content)), int(chance.integers(1, 256))
            match number % 6:
                case 0:
                    content[place] ^= byte
                case 1:
                    del content[place:]
                case 2:
                    content.insert(place, byte)
                case 3:
                    del content[place]
                case 4:
                    content.append(byte)
                case _:
                    content[:] = (folder / other).read_bytes()
            (mutant / name).write_bytes(content)
            with pytest.raises(BundleError):
                load(mutant)
            shutil.rmtree(mutant)
        assert load(folder).files == FILES

"""Arrays in files: the same arrays give the same bytes, and damage is found."""

import io
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as numpy_st

from data.arrays import arrays_to_npz, npz_to_arrays
from data.errors import BundleError

DTYPES = st.sampled_from(["<f8", "<f4", "<i8", "|b1", "<U5", "<M8[us]", "|u1"])
EXAMPLE = {"weights": np.arange(6.0).reshape(2, 3), "ids": np.array(["a", "bcd"])}


def archive(entries, compression=zipfile.ZIP_STORED):
    """An archive of the given name and bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as opened:
        for name, content in entries:
            opened.writestr(zipfile.ZipInfo(name), content, compression)
    return target.getvalue()


def npy(array, version=(1, 0)):
    """One array in numpy's format."""
    target = io.BytesIO()
    np.lib.format.write_array(target, array, version=version)
    return target.getvalue()


class TestRoundTrip:
    @given(
        st.dictionaries(
            st.from_regex(r"[a-z]{1,8}", fullmatch=True),
            DTYPES.flatmap(
                lambda dtype: numpy_st.arrays(
                    dtype, numpy_st.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
                )
            ),
            max_size=3,
        )
    )
    @settings(max_examples=60)
    def test_every_array_comes_back(self, arrays):
        """Shape, dtype and every value, NaN and empty arrays too."""
        found = npz_to_arrays(arrays_to_npz(arrays))
        assert found.keys() == arrays.keys()
        for name, array in arrays.items():
            assert found[name].dtype == array.dtype
            np.testing.assert_array_equal(found[name], array)

    def test_numpy_reads_it(self):
        """The file is a plain `.npz`."""
        with np.load(io.BytesIO(arrays_to_npz(EXAMPLE)), allow_pickle=False) as loaded:
            np.testing.assert_array_equal(loaded["weights"], EXAMPLE["weights"])

    def test_order_and_memory_layout_make_no_difference(self):
        """Equal arrays give equal bytes."""
        turned = {
            "ids": EXAMPLE["ids"],
            "weights": np.asfortranarray(EXAMPLE["weights"]),
        }
        assert arrays_to_npz(turned) == arrays_to_npz(EXAMPLE)

    def test_what_is_read_cannot_be_changed(self):
        """A loaded model is the same for every request."""
        with pytest.raises(ValueError, match="read-only"):
            npz_to_arrays(arrays_to_npz(EXAMPLE))["weights"][0, 0] = 1


class TestArraysToNpz:
    @pytest.mark.parametrize(
        "array", [np.array([{}], dtype=object), np.array(["a"], dtype=np.dtypes.StringDType())]
    )
    def test_objects_are_refused(self, array):
        """Only plain memory is written."""
        with pytest.raises(BundleError, match="objects"):
            arrays_to_npz({"x": array})


class TestNpzToArrays:
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"PK\x03\x04",
            archive([("x.npy", b"")]),
            archive([("x.npy", b"\x93NUMPY\x01\x00\xff\xff{}")]),
            archive([("x.npy", npy(np.arange(3))[:-1])]),
            archive([("x.npy", npy(np.arange(3)) + b"\x00")]),
            archive([("x.npy", npy(np.asfortranarray(np.ones((2, 3)))))]),
            archive([("x.npy", npy(np.arange(3)).replace(b"(3,)", b"(-3,)"))]),
            archive([("x.npy", npy(np.arange(3), version=(2, 0)))]),
        ],
        ids=[
            "empty",
            "start",
            "no_array",
            "header",
            "short",
            "long",
            "fortran",
            "negative",
            "version",
        ],
    )
    def test_damage_is_refused(self, content):
        """No half-read arrays."""
        with pytest.raises(BundleError):
            npz_to_arrays(content)

    def test_objects_are_refused(self):
        """Nothing is ever unpickled."""
        content = io.BytesIO()
        np.lib.format.write_array(content, np.array([{}], dtype=object), version=(1, 0))
        with pytest.raises(BundleError):
            npz_to_arrays(archive([("x.npy", content.getvalue())]))

    def test_compression_is_refused(self):
        """A small file cannot fill the memory."""
        packed = archive([("x.npy", npy(np.zeros(9)))], zipfile.ZIP_DEFLATED)
        with pytest.raises(BundleError, match="compressed"):
            npz_to_arrays(packed)

    def test_a_name_twice_is_refused(self):
        """One name means one array."""
        entry = npy(np.arange(3))
        with pytest.raises(BundleError, match="twice"):
            npz_to_arrays(archive([("x.npy", entry), ("x", entry)]))

    @given(st.data())
    @settings(max_examples=150)
    def test_any_change_is_refused_or_harmless(self, data):
        """A flipped byte gives our error, or arrays of plain memory."""
        content = bytearray(arrays_to_npz(EXAMPLE))
        for _ in range(data.draw(st.integers(1, 3))):
            place = data.draw(st.integers(0, len(content) - 1))
            content[place] = data.draw(st.integers(0, 255))
        try:
            found = npz_to_arrays(bytes(content))
        except BundleError:
            return
        assert all(not array.dtype.hasobject for array in found.values())

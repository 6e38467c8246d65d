"""Arrays as `.npz` bytes: equal arrays give equal bytes, and reading never runs anything.

The layout is numpy's own (`numpy.load` reads it), without compression, clock or pickled objects.
"""

import io
import struct
import zipfile
from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.errors import BundleError

SUFFIX = ".npy"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a ZIP archive can hold; every entry has it."""


def arrays_to_npz(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Arrays of any shape (...) as the bytes of an `.npz` file.

    Order of the mapping and memory layout make no difference.

    Args:
        arrays: Array by name; numbers, truth values, times or fixed-width text, each of
            shape (...).

    Raises:
        BundleError: An array holds Python objects.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(arrays):
            array = np.asarray(arrays[name], order="C")
            if array.dtype.hasobject or array.dtype.kind == "T":
                raise BundleError(
                    f"array {name!r} holds objects: use numbers or fixed-width text"
                )
            entry = io.BytesIO()
            np.lib.format.write_array(entry, array, version=(1, 0), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(name + SUFFIX, EPOCH), entry.getvalue())
    return target.getvalue()


def npz_to_arrays(content: bytes) -> dict[str, NDArray[Any]]:
    """The arrays of an `.npz` file by name, each of its own shape (...) and read-only.

    Raises:
        BundleError: The content is damaged, compressed, or holds Python objects.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
                raise BundleError("an array file of the bundle is compressed")
            names = [entry.filename.removesuffix(SUFFIX) for entry in entries]
            if len(set(names)) != len(names):
                raise BundleError("an array file of the bundle holds a name twice")
            return {
                name: _array(archive.read(entry))
                for name, entry in zip(names, entries, strict=True)
            }
    except (ValueError, TypeError, EOFError, OSError, KeyError, OverflowError) as error:
        raise BundleError("an array file of the bundle is damaged") from error
    except (zipfile.BadZipFile, struct.error, NotImplementedError, RuntimeError) as error:
        raise BundleError("an array file of the bundle is damaged") from error


def _array(content: bytes) -> NDArray[Any]:
    """One array, as a read-only view of its bytes; shape (...).

    Raises:
        BundleError: Header and bytes do not fit together.
    """
    stream = io.BytesIO(content)
    np.lib.format.read_magic(stream)
    shape, is_fortran, dtype = np.lib.format.read_array_header_1_0(stream)
    start = stream.tell()
    if dtype.hasobject or is_fortran or prod(shape) * dtype.itemsize != len(content) - start:
        raise BundleError("an array of the bundle is not what its header says")
    if prod(shape) * dtype.itemsize == 0:
        return np.empty(shape, dtype)
    return np.frombuffer(content, dtype, prod(shape), start).reshape(shape)

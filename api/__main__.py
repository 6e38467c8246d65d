"""`python -m api`: the door to the service; threads first, then everything else."""

import os
import sys
from collections.abc import Sequence

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "passive",
}
"""One thread per process for OpenMP and BLAS; it has to be set before numpy is imported."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until interrupted, then exit with a code.

    Args:
        arguments: The words after `python -m api`; where None, those of the process.
    """
    os.environ.update(ONE_THREAD)
    from api.server import run  # noqa: PLC0415 - numpy must see the thread settings

    sys.exit(run(sys.argv[1:] if arguments is None else list(arguments)))


if __name__ == "__main__":
    main()

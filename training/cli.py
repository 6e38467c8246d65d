"""The door to the command line: threads first, then the commands, then exit codes.

Exit codes: 0 ok, 1 failed, 2 usage, 3 data refused, 4 gate refused, 130 interrupted.
"""

import os
import sys
from collections.abc import Sequence

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "passive",
}
"""One thread per process for OpenMP and BLAS; it has to be set before numpy is imported.
More threads would add in another order, and the same data and seed give another model."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code.

    Args:
        arguments: The words after `rapport`; where None, those of the process.
    """
    for name, value in ONE_THREAD.items():
        os.environ[name] = value
    from training.application import run  # noqa: PLC0415 - numpy must see the thread settings

    sys.exit(run(sys.argv[1:] if arguments is None else list(arguments)))


if __name__ == "__main__":
    main()

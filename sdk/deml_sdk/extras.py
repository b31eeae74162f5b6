"""Libraries that only an extra of the distribution brings, and the sentence that says so where one is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from deml.base.errors import DemlError

EXTRAS: Final = {
    "pyarrow": "tables",
    "dp_accounting": "learn",
    "joblib": "learn",
    "packaging": "learn",
    "pyseccomp": "learn",
    "scipy": "learn",
    "sklearn": "learn",
    "keyring": "cli",
    "rich": "cli",
    "tomlkit": "cli",
    "typer": "cli",
    "python_multipart": "devnet",
    "starlette": "devnet",
    "uvicorn": "devnet",
    "onnx": "import",
    "onnxruntime": "import",
    "pandas": "import",
    "skops": "import",
    "matplotlib": "plot",
    "prometheus_client": "operate",
    "flwr": "flower",
}
"""Extra that brings a library, by the name under which the library is imported; the others come with every install."""


@dataclass(eq=False)
class LibraryMissing(DemlError):
    library: str
    purpose: str
    extra: str
    what = "The library {library} is needed to {purpose} but is not installed."
    fix = "Install it with: pip install 'deml[{extra}]'."


@contextmanager
def needed_to(purpose: str) -> Iterator[None]:
    """Import something within, that an extra brings; `purpose` says what for, as in "read tables".

    Raises
    ------
    LibraryMissing
        If it is not installed.

    Examples
    --------
    >>> with needed_to("read tables"):  # doctest: +SKIP
    ...     import pyarrow as pa
    """
    try:
        yield
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library not in EXTRAS:
            raise
        raise LibraryMissing(library, purpose, EXTRAS[library]) from None

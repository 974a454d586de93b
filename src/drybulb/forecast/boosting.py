"""The one door to lightgbm, which needs a library of the system that no lock can bring."""

from __future__ import annotations

from types import ModuleType

from drybulb.errors import ModelError


def lightgbm() -> ModuleType:
    """The library of boosted trees, imported when first asked for: its import takes half a second.

    Raises:
        ModelError: it is not installed, or the system lacks OpenMP; the message says what to type.
    """
    try:
        import lightgbm as library  # noqa: PLC0415 - what does not boost must run without it
    except ImportError as error:
        raise ModelError(f"lightgbm cannot be imported ({error}); pip install lightgbm") from error
    except OSError as error:
        # Its wheels hold everything but OpenMP, which a minimal Linux and every macOS lack.
        raise ModelError(
            f"lightgbm cannot be loaded ({error}); install OpenMP: apt install libgomp1 (Debian, Ubuntu),"
            " dnf install libgomp (Fedora), brew install libomp (macOS)"
        ) from error
    return library

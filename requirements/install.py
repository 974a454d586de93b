"""Build drybulb's environment from the locks: ``python requirements/install.py [LOCK]``.

An environment lives in ``.venvs/<fingerprint>`` from the start, because the scripts in it hold absolute paths and so
cannot be moved; ``.venv`` is a link that is renamed onto it when it is complete. Whatever interrupts a build, ``.venv``
is the last complete environment or nothing. The fingerprint is of the locks, the Python and the place: while these stay
the same nothing is built, and an environment of another branch is found again. Runs with the standard library alone.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements"
CHOICES = ("dev", "run")


class SetupError(Exception):
    """The environment cannot be built; the message says what to do."""


def fingerprint(lock: Path) -> str:
    """Name the environment that `lock` gives with this Python in this place, in 12 hexadecimal digits."""
    parts = [lock.read_bytes(), (LOCKS / "pip.lock").read_bytes()]
    parts += [os.fsencode(path) for path in (ROOT, os.path.realpath(sys.executable))]
    parts.append(sys.version.encode())
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:12]


def pip(home: Path, what: str, *arguments: str) -> None:
    """Run the environment's own pip to install `what`.

    Raises:
        SetupError: pip failed; its own words are above the message.
    """
    # Twice quiet: a person's own index settings may make pip warn about each package, and errors still show.
    command = [str(home / "bin" / "python"), "-m", "pip", "--quiet", "--quiet", "--no-input", "install", *arguments]
    if subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode != 0:
        raise SetupError(f"pip could not install {what}: mend what it says above, and run make again")


def install_lock(home: Path, lock: Path) -> None:
    """Install what `lock` names: these files and no others, wheels only, so that no package runs code of its own."""
    pip(home, f"requirements/{lock.name}", "--require-hashes", "--only-binary", ":all:", "--requirement", str(lock))


def build(home: Path, lock: Path) -> None:
    """Make `home` anew: an environment with the pinned pip and everything `lock` names."""
    shutil.rmtree(home, ignore_errors=True)
    venv.create(home, with_pip=True, symlinks=True)
    # The pip that comes with a Python may be years old: the pinned one first, so that every machine installs alike.
    install_lock(home, LOCKS / "pip.lock")
    install_lock(home, lock)


def install_package(home: Path) -> None:
    """Install drybulb itself, editable, with the locked build backend and without asking any index."""
    pip(home, "drybulb", "--no-index", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))


def refuse_foreign(link: Path) -> None:
    """Leave alone what was not made here.

    Raises:
        SetupError: `link` is a file or a directory of somebody else's.
    """
    if link.exists() and not link.is_symlink():
        raise SetupError(f"{link} was not built by `make setup`: move it away, and run make again")


def point(link: Path, home: Path) -> None:
    """Rename a link to `home` onto `link`, in one step."""
    fresh = link.with_name(link.name + ".new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(home.relative_to(link.parent), target_is_directory=True)
    fresh.replace(link)


def ensure(lock: Path) -> bool:
    """Make ``.venv`` the environment of `lock`; return whether anything had to be installed."""
    link = ROOT / ".venv"
    refuse_foreign(link)
    home = ROOT / ".venvs" / fingerprint(lock)
    stamp = home / "drybulb.installed"  # written last: an environment without it is a build that was interrupted
    project = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    is_current = stamp.exists() and stamp.read_text() == project
    if not is_current:
        if not stamp.exists():
            print(f"building {home.relative_to(ROOT)} from {lock.relative_to(ROOT)} (about a minute) ...", flush=True)
            build(home, lock)
        install_package(home)
        stamp.write_text(project)
    point(link, home)
    return not is_current


def main(arguments: list[str]) -> int:
    """Build or find the environment of the lock named in `arguments` (``dev`` or ``run``); return the exit code."""
    name = arguments[0] if arguments else CHOICES[0]
    if name not in CHOICES:
        print(f"set-up: there is no lock named {name!r}: choose one of {', '.join(CHOICES)}", file=sys.stderr)
        return 1
    started = time.monotonic()
    try:
        changed = ensure(LOCKS / f"{name}.lock")
    except SetupError as error:
        print(f"set-up: {error}", file=sys.stderr)
        return 1
    if changed:
        print(f".venv is ready after {time.monotonic() - started:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

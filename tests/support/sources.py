"""The project's own files, read for the house rules."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
_NOT_OURS = {"var", "dist", "node_modules", "__pycache__", "vendor"}


def files(*suffixes: str) -> list[Path]:
    """Every file that git keeps (or would), vendored ones left out, with one of these suffixes when some are named."""
    return [path for path in _kept() if not _NOT_OURS & set(path.parts) and (not suffixes or path.suffix in suffixes)]


@cache
def modules() -> dict[Path, ast.Module]:
    """Every Python module of the product itself, parsed; the migrations, which are written by a tool, left out."""
    paths = [
        path for path in files(".py") if path.parts[0] in {"phonebank", "workers"} and "versions" not in path.parts
    ]
    return {path: ast.parse((ROOT / path).read_text()) for path in paths}


def functions(module: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def listed(offenders: list[str], advice: str) -> None:
    """Fail with every offender on a line of its own, and what to do about them."""
    assert not offenders, advice + "\n  " + "\n  ".join(offenders)


@cache
def _kept() -> list[Path]:
    words = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "--cached", "--others", "--exclude-standard"]
    told = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [Path(name) for name in told if (ROOT / name).is_file()]

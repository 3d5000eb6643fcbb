"""Trains the model where it is stale: `python -m bot.training`; with --force in any case.

The model is stale when the configuration, the components, the domain or the training data have changed since.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

from .serve import MODEL, QUIET, RASA

INPUTS = ("config.yml", "nlu", "stories", "bot/domain", "bot/components", "requirements-rasa.txt")
STAMP = MODEL.with_suffix(".sha256")
LOG = Path("var/train.log")


def fingerprint(root: Path = Path()) -> str:
    """A digest of everything the model depends on."""
    digest = hashlib.sha256()
    for path in sorted(_files(root)):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _files(root: Path) -> list[Path]:
    found: list[Path] = []
    for name in INPUTS:
        path = root / name
        found += [path] if path.is_file() else [each for each in path.rglob("*") if each.suffix in (".yml", ".py")]
    return found


def is_stale() -> bool:
    """Whether the model has to be trained again."""
    return not MODEL.exists() or not STAMP.exists() or STAMP.read_text().strip() != fingerprint()


def train() -> None:
    """Trains; the details go to a log.

    Raises:
        SystemExit: when the training fails, naming the log.
    """
    LOG.parent.mkdir(exist_ok=True)
    wanted = fingerprint()
    line = [str(RASA), "train", "--domain", "bot/domain", "--data", "nlu", "stories", "--config", "config.yml",
            "--out", str(MODEL.parent), "--fixed-model-name", MODEL.name.removesuffix(".tar.gz"), "--force",
            "--skip-validation"]  # the tests validate; here it would cost a fifth of the time
    with LOG.open("w", encoding="utf-8") as log:
        done = subprocess.run(  # noqa: S603 - our own command line
            line, env=os.environ | QUIET | {"PYTHONPATH": "."}, stdout=log, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        sys.exit(f"the training failed; {LOG} says why")
    STAMP.write_text(wanted + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--force", action="store_true", help="train even if the model is up to date")
    options = parser.parse_args()
    if not options.force and not is_stale():
        print(f"the model {MODEL} is up to date")  # noqa: T201
        return
    started = time.monotonic()
    print(f"training the language understanding (two to three minutes; details in {LOG}) …", flush=True)  # noqa: T201
    train()
    print(f"trained in {time.monotonic() - started:.0f} s: {MODEL}")  # noqa: T201


if __name__ == "__main__":
    main()

"""Components that run inside Rasa (Python 3.10): they turn a message into an intent and entities."""

import hashlib
from pathlib import Path


def source_fingerprint() -> str:
    """A hash over the modules and lists of this package: Rasa itself looks at a component's class only, not at its helpers."""
    digest = hashlib.sha256()
    for path in sorted(path for path in Path(__file__).parent.iterdir() if path.suffix in (".py", ".yml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()

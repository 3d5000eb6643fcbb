#!/bin/sh
# Prints the path of a Python 3.10 that really runs, for Rasa's environment. A version manager's shim may carry the name
# and yet refuse to run, so every candidate has to prove itself: first `python3.10` on the path, then the version
# managers' own folders, and as the last resort the one that uv manages (fetched where missing).
# Usage: find_python310.sh PATH_OF_UV
uv=$1
runs() { "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 10))' >/dev/null 2>&1; }

for candidate in "$(command -v python3.10)" \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.10*/bin/python \
    "${ASDF_DATA_DIR:-$HOME/.asdf}"/installs/python/3.10*/bin/python \
    "${MISE_DATA_DIR:-$HOME/.local/share/mise}"/installs/python/3.10*/bin/python \
    "$HOME"/miniconda3/envs/*/bin/python3.10 /opt/python3.10/bin/python3.10; do
    if [ -x "$candidate" ] && runs "$candidate"; then
        echo "$candidate"
        exit 0
    fi
done
if managed=$("$uv" python find --managed-python 3.10 2>/dev/null) && runs "$managed"; then
    echo "$managed"
    exit 0
fi
"$uv" python install 3.10 >&2 && managed=$("$uv" python find --managed-python 3.10) && runs "$managed" && echo "$managed" && exit 0
echo "No Python 3.10 was found and none could be fetched. Install one (for example: pyenv install 3.10) and try again." >&2
exit 1

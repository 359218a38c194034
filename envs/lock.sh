#!/usr/bin/env bash
# Remake the pins in envs: main.txt from pyproject.toml and main.in, the others from their .in, main.yaml
# from main.txt. Pins stay as they are where they can; with the argument "upgrade", all are looked for again.
# Nothing is replaced before all are found. mmpose's are kept by hand: parts of it are built from source.
set -euo pipefail
cd "$(dirname "$0")/.."
upgrade=()
[ "${1:-}" != upgrade ] || upgrade=(--upgrade)
made=$(mktemp -d envs/.lock.XXXXXX)
trap 'rm -rf "$made"' EXIT

fail() { echo "lock: envs stays as it was: $*" >&2; exit 1; }

# Make $1.txt: its own comments and options, then pins of what the other arguments ask for that main.txt has not.
lock() {
    local name=$1 pins=$made/pins
    shift
    cp "envs/$name.txt" "$pins"
    .venv/bin/uv pip compile --quiet --python .venv/bin/python --no-header --no-annotate "${upgrade[@]}" \
        --output-file "$pins" "$@" \
        || fail "no versions for $name.txt, as above. Is there a network, and do the requirements agree?"
    if grep -vE '^[a-z0-9-]+==[0-9][A-Za-z0-9.!+_-]*$' "$pins" >&2; then
        fail "those lines of $name.txt are no plain pins. Does a setting of uv's add them?"
    fi
    {
        grep -E '^(#|--)' "envs/$name.txt" || true
        if [ "$name" = main ]; then cat "$pins"; else grep -vxFf "$made/main.txt" "$pins" || true; fi
    } >"$made/$name.txt"
    rm "$pins"
}

lock main pyproject.toml envs/main.in
lock dev envs/dev.in --constraints "$made/main.txt"
lock onnx envs/onnx.in --constraints "$made/main.txt"
lock onnx-cuda envs/onnx-cuda.in --constraints "$made/main.txt" --constraints "$made/onnx.txt"
{
    sed '/^  - pip:$/q' envs/main.yaml
    sed -n '/^[^#-]/s/^/      - /p' "$made/main.txt"
} >"$made/main.yaml"

changed=no
for file in "$made"/*; do
    if ! cmp -s "$file" "envs/${file##*/}"; then
        mv "$file" envs/
        echo "lock: envs/${file##*/} changed"
        changed=yes
    fi
done
[ $changed = yes ] || echo "lock: no pin changed"

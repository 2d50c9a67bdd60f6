#!/usr/bin/env bash
# The tests of the CHT side, as ./mvnw verify runs them: in CHT's own harness, on the Chromium that is installed.
#   CLAIMLOOP_CHT_TESTS=auto       (default) skips, and says so in one line, where something is missing
#   CLAIMLOOP_CHT_TESTS=required   fails where something is missing
#   CLAIMLOOP_CHT_TESTS=off        skips
set -euo pipefail
cd "$(dirname "$0")"

missing=()
node -e 'process.exit(process.versions.node.split(".")[0] >= 20 ? 0 : 1)' 2>/dev/null || missing+=("Node 20 or newer")
command -v npm >/dev/null || missing+=("npm")
[[ -n ${CHROMIUM_PATH:-} ]] || command -v chromium chromium-browser google-chrome >/dev/null || missing+=("Chromium")
command -v xsltproc >/dev/null || missing+=("xsltproc")
python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || missing+=("Python 3.10 or newer")

mode=${CLAIMLOOP_CHT_TESTS:-auto}
if [[ $mode == off ]]; then
  echo "CHT side: tests skipped, CLAIMLOOP_CHT_TESTS=off"
  exit 0
fi
if ((${#missing[@]})); then
  list=$(printf ', %s' "${missing[@]}")
  if [[ $mode == required ]]; then
    echo "CHT side: tests cannot run, missing: ${list:2}" >&2
    exit 1
  fi
  echo "CHT side: tests skipped, missing: ${list:2}"
  exit 0
fi

# No browser is downloaded; .npmrc forbids install scripts.
export PUPPETEER_SKIP_DOWNLOAD=1 PUPPETEER_SKIP_CHROMIUM_DOWNLOAD=1
if ! cmp -s package-lock.json node_modules/.installed; then
  npm ci --no-progress
  cp package-lock.json node_modules/.installed
fi
npm test

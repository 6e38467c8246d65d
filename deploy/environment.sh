# Sourced by ./rapport, ./check and ./fix: makes the Python environment on first use.
# Needs $here (the checkout). Sets $venv. Asks nothing, needs no system service.

export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_INPUT=1
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}" OPENBLAS_NUM_THREADS="${OPENBLAS_NUM_THREADS:-1}"
export MKL_NUM_THREADS="${MKL_NUM_THREADS:-1}" OMP_WAIT_POLICY="${OMP_WAIT_POLICY:-passive}"
unset PYTHONHOME PYTHONPATH
unset PYTHONDONTWRITEBYTECODE  # else every command compiles the project anew: a second at each start

say() { printf 'rapport: %s\n' "$*" >&2; }

find_python() {
  for candidate in "${RAPPORT_PYTHON:-}" python3 python3.13 python3.12 python3.11 python; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' \
      >/dev/null 2>&1; then
      printf '%s\n' "$candidate"
      return 0
    fi
  done
  say 'Python 3.11 or newer with venv and pip is needed; set RAPPORT_PYTHON to one.'
  return 1
}

# The stamp names the checkout and the exact requirements, so a moved or changed checkout rebuilds.
stamp_of() { { printf '%s\n' "$here"; cat "$here/$1"; } | cksum | tr -s ' \t' '--'; }

is_ready() { [ -x "$1/bin/python" ] && [ "$(cat "$1/$2.stamp" 2>/dev/null)" = "$3" ]; }

choose_venv() {
  if is_ready "$here/.venv" "$1" "$2" || [ -w "$here/.venv" ] ||
    { [ ! -e "$here/.venv" ] && [ -w "$here" ]; }; then
    venv=$here/.venv
  else
    cache=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}
    [ -w "${cache%/*}" ] || [ -w "$cache" ] || cache=${TMPDIR:-/tmp}/rapport-cache-$(id -u)
    venv=$cache/rapport/venv-$(printf '%s' "$here" | cksum | cut -d' ' -f1)
  fi
}

lock() {
  mkdir -p "${venv%/*}"
  until mkdir "$venv.lock" 2>/dev/null; do
    owner=$(cat "$venv.lock/pid" 2>/dev/null || true)
    if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; then
      rm -rf "$venv.lock"
      continue
    fi
    sleep 1
  done
  echo "$$" >"$venv.lock/pid"
  trap 'rm -rf "$venv.lock"' EXIT
  trap 'exit 130' INT TERM
}

unlock() {
  rm -rf "$venv.lock"
  trap - EXIT INT TERM
}

# ensure_environment REQUIREMENTS: $venv holds exactly what that file pins.
ensure_environment() {
  wanted=$(stamp_of "$1")
  choose_venv "$1" "$wanted"
  is_ready "$venv" "$1" "$wanted" && return 0
  lock
  if ! is_ready "$venv" "$1" "$wanted"; then
    python=$(find_python) || exit 1
    say "first use: installing the pinned packages of $1 (about a minute)"
    [ -x "$venv/bin/python" ] || "$python" -m venv --clear "$venv"
    # The file pins everything, so pip resolves nothing: given "a[extra]>=1" of a dependency it would
    # take a newer a than the pinned one and then miss its hash.
    "$venv/bin/python" -m pip install --quiet --no-deps --require-hashes --only-binary :all: \
      -r "$here/$1"
    site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    printf '%s\n' "$here" >"$site/rapport.pth"
    printf '%s\n' "$wanted" >"$venv/$1.stamp"
    # The development set holds the runtime set, pinned alike.
    [ "$1" = requirements.txt ] || stamp_of requirements.txt >"$venv/requirements.txt.stamp"
  fi
  unlock
}

# Sourced: what a part of these tests installs, each attempt with a deadline, so that a registry that hangs is told and tried again.

if [ "$(id -u)" = 0 ]; then as_root=(env); else as_root=(sudo -n env); fi

# attempts SECONDS COMMAND…: three times at most.
attempts() {
    local limit=$1 attempt
    shift
    for attempt in 1 2 3; do
        if timeout --kill-after=10 "$limit" "$@"; then return; fi
        printf '%s: attempt %s failed\n' "$*" "$attempt" >&2
    done
    return 1
}

install_from_debian() {
    printf '== %s from Debian\n' "$*"
    attempts 120 "${as_root[@]}" apt-get -o Acquire::http::Timeout=30 -o DPkg::Lock::Timeout=60 update -qq
    attempts 300 "${as_root[@]}" DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -o Acquire::http::Timeout=30 -o DPkg::Lock::Timeout=60 \
        install -y -qq --no-install-recommends "$@" >/dev/null
}

install_from_npm() {
    printf '== npm ci in %s\n' "${PWD##*/}"
    attempts 120 npm ci --no-audit --no-fund --ignore-scripts --loglevel=error --fetch-timeout=20000 --fetch-retries=3
}

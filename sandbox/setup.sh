#!/usr/bin/env bash
# Prepares this machine: a Docker engine and the sandbox image. Does only what is missing. `bench setup` runs this script. In a checkout it first
# installs the npm packages and builds, so it is also where a fresh clone starts: `npm run setup`.
#
# --browser     also a Chrome or Chromium, in which the tests open HTML reports
# --bubblewrap  also bubblewrap and the root file system of its sandboxes, kept in ~/.cache/bench (or XDG_CACHE_HOME)
# --no-engine   skip the engine and its image, for example with --bubblewrap
# --lint        also shellcheck, with which `npm run lint` checks the shell scripts
# --strace      also strace, with which the tests watch what commands start and open in a hostile checkout
# --gvisor      also gVisor's runsc, which an engine started here then has as a runtime; an engine that runs already is left as it is
#
# On Debian and Ubuntu, as root, it installs and starts an engine where none answers; it needs no image registry, only a Debian mirror.
# Variables: DOCKER_HOST (the unix socket of the engine), BENCH_DOCKERD_FLAGS (more flags for an engine started here),
# BENCH_DOCKERD_LOG (where it logs; default: dockerd.log in ~/.cache/bench), BENCH_CHROMIUM (path of the browser).
# Nothing that is started here gets the caller's other variables, which may hold keys; start_with_own_environment lists those that it gets.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly no_engine_answers=3
readonly no_mmdebstrap=4

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { printf 'setup: %s\n' "$1" >&2; exit "${2:-1}"; }

# What npm, apt-get and node need, and nothing else: an engine that is started here lives on, and its environment with it. By a start of its own,
# because a shell hands on variables whose names it cannot read.
start_with_own_environment() {
  [ -z "${BENCH_SETUP_STARTED:-}" ] || return 0
  local name kept=(BENCH_SETUP_STARTED=yes)
  while IFS= read -r name; do
    case "$name" in
      PATH | HOME | USER | LOGNAME | SHELL | TERM | COLORTERM | NO_COLOR | FORCE_COLOR | CI | TZ | TMPDIR | LANG | LANGUAGE | LC_* | XDG_* | BENCH_*) ;;
      DOCKER_HOST | DOCKER_CERT_PATH | DOCKER_TLS_VERIFY | DOCKER_TMPDIR | PLAYWRIGHT_BROWSERS_PATH | DEBIAN_FRONTEND) ;;
      *_proxy | *_PROXY | npm_config_* | NPM_CONFIG_* | NODE_EXTRA_CA_CERTS | NODE_OPTIONS | SSL_CERT_FILE | SSL_CERT_DIR | APT_CONFIG | CC | CXX) ;;
      NVM_DIR | FNM_DIR | VOLTA_HOME | ASDF_DIR | ASDF_DATA_DIR | NODENV_ROOT | N_PREFIX) ;;
      *) continue ;;
    esac
    kept+=("$name=${!name}")
  done < <(compgen -e)
  exec env -i "${kept[@]}" "$BASH" sandbox/setup.sh "$@"
}

# A folder that only this user can write to, for the lock and the engine's log; empty where there is none, such as in a home that cannot be written
# to or that is another user's (sudo may keep HOME). In a shared folder such as /tmp, others could have put a link at the name of a file.
own_folder() {
  local cache="${XDG_CACHE_HOME:-${HOME:-$(unset HOME && cd ~ 2>/dev/null && pwd)}/.cache}" above
  above="$cache"
  while [ ! -e "$above" ] && [ "$above" != / ] && [ "$above" != . ]; do above="$(dirname "$above")"; done
  [ -O "$above" ] || return 0
  (umask 077 && mkdir -p "$cache/bench") 2>/dev/null || return 0
  if [ -O "$cache/bench" ] && [ -w "$cache/bench" ] && [ ! -L "$cache/bench" ]; then printf '%s' "$cache/bench"; fi
}

# Makes way for a new file: removes an earlier one, or a link.
make_way() { if [ -L "$1" ] || [ -f "$1" ]; then rm -f "$1"; fi; }

# One at a time: a second one waits, and then finds everything done. The lock is only read, so that opening it changes nothing; without a folder
# it is this script.
lock() {
  command -v flock >/dev/null || return 0
  local file=sandbox/setup.sh
  if [ -n "$folder" ]; then
    file="$folder/setup.lock"
    if [ -L "$file" ]; then rm -f "$file"; fi
    (set -o noclobber && : >"$file") 2>/dev/null || [ -f "$file" ] || fail "Cannot set up: $file is no plain file; remove it" 2
  fi
  exec 9<"$file"
  flock --nonblock 9 && return 0
  say "waiting for another setup to finish"
  flock 9
}

# Sets engine_log to where an engine started here logs to, and makes way for that file.
choose_engine_log() {
  if [ -n "${BENCH_DOCKERD_LOG:-}" ]; then
    engine_log="$BENCH_DOCKERD_LOG"
    [ -d "$(dirname "$engine_log")" ] || fail "Cannot log to $engine_log, which BENCH_DOCKERD_LOG names: its folder does not exist; make it" 2
    case "$engine_log" in /dev/*) return 0 ;; esac
  else
    engine_log="${folder:-$(mktemp -d)}/dockerd.log"
  fi
  make_way "$engine_log"
}

check_node() {
  command -v node >/dev/null || fail "Cannot run: Node.js is missing; install Node 20.19 or newer" 2
  node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' \
    || fail "Cannot run: Node $(node --version) is too old; install Node 20.19 or newer" 2
}

# Only in a checkout: an installed package has neither a lock file nor sources.
install_packages() {
  [ -f package-lock.json ] || return 0
  local mark=node_modules/.package-lock.json
  if [ -f "$mark" ] && [ ! package-lock.json -nt "$mark" ]; then return 0; fi
  say "installing npm packages"
  # The database driver is compiled where no ready-made one can be fetched.
  npm_ci || { lacks_compiler && can_install && install_debian_packages python3 make g++ && npm_ci; } || fail "Cannot install npm packages: npm ci failed; see above"
  touch "$mark"
}

npm_ci() { npm ci --no-audit --no-fund --loglevel=error 9>&- >&2 </dev/null; }

lacks_compiler() { ! { command -v g++ && command -v make && command -v python3; } >/dev/null; }

build_program() {
  [ -d src ] || return 0
  if [ -f dist/cli.js ] && [ -z "$(find src scripts tsconfig.json package.json -newer dist/cli.js -type f -not -path '*/__pycache__/*' -print -quit)" ]; then
    return 0
  fi
  say "building"
  npm run --silent build 9>&- >&2 </dev/null
}

build_image() { node sandbox/build-image.mjs 9>&- </dev/null; }

# The unix socket on which the engine listens; empty when DOCKER_HOST names an engine that cannot be started from here.
engine_socket() {
  case "${DOCKER_HOST:-}" in
    "") echo /var/run/docker.sock ;;
    unix://*) echo "${DOCKER_HOST#unix://}" ;;
  esac
}

can_install() { command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ]; }

install_debian_packages() {
  say "installing $*"
  local log
  log="$(mktemp)"
  if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; } 9>&- >"$log" 2>&1 </dev/null; then
    tail -n 15 "$log" >&2
    fail "Cannot install $*: apt-get failed; see $log"
  fi
  rm -f "$log"
}

start_engine() {
  local socket="$1"
  if [ -d /run/systemd/system ] && [ "$socket" = /var/run/docker.sock ]; then
    say "starting Docker"
    systemctl start docker 9>&- >&2 </dev/null || fail "Cannot start Docker: see journalctl -u docker"
    return 0
  fi
  choose_engine_log
  say "starting dockerd (log: $engine_log)"
  # Sandboxes have no network and images are built on the host's, so the engine needs none of its own.
  local flags=(--host="unix://$socket" --bridge=none --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false)
  # Newer engines refuse this flag; older ones fail without it where they must not lower their own score.
  if dockerd --help 2>/dev/null | grep -q -- --oom-score-adjust; then flags+=(--oom-score-adjust=0); fi
  # Opens the log only as a new file, never through a link.
  # shellcheck disable=SC2086 # several flags in one variable
  (set -o noclobber && engine_environment setsid dockerd "${flags[@]}" ${BENCH_DOCKERD_FLAGS:-} 9>&- >"$engine_log" 2>&1 </dev/null) &
}

# Runs a program with what an engine needs of the environment: npm's settings, for instance, may hold a token of a registry.
engine_environment() {
  local name kept=()
  for name in PATH HOME LANG TZ TMPDIR DOCKER_TMPDIR SSL_CERT_FILE SSL_CERT_DIR http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    if [ -n "${!name:-}" ]; then kept+=("$name=${!name}"); fi
  done
  exec env -i "${kept[@]}" "$@"
}

wait_for_engine() {
  local tries
  for tries in $(seq 1 60); do
    node sandbox/build-image.mjs --ping 9>&- </dev/null && return 0
    sleep 0.5
  done
  [ -f "$engine_log" ] || fail "Cannot start Docker: it has not answered after $tries tries; see its log"
  tail -n 5 "$engine_log" >&2 || true
  fail "Cannot start Docker: it has not answered after $tries tries; see $engine_log"
}

provide_engine() {
  local socket
  socket="$(engine_socket)"
  [ -n "$socket" ] || fail "Cannot reach Docker: nothing answers at DOCKER_HOST=$DOCKER_HOST; start that engine, or unset DOCKER_HOST" 2
  if [ -S "$socket" ] && [ ! -w "$socket" ]; then
    fail "Cannot reach Docker: no permission at $socket; run as a user of the group docker" 2
  fi
  if ! can_install; then
    fail "Cannot reach Docker: no engine answers at $socket; install and start Docker (https://docs.docker.com/engine/install/), or set DOCKER_HOST" 2
  fi
  command -v dockerd >/dev/null || install_debian_packages docker.io
  start_engine "$socket"
  wait_for_engine
}

# The places are those of test/fixtures/browser.ts, which also knows a browser installed by Playwright.
has_browser() {
  local browser
  if [ -n "${BENCH_CHROMIUM:-}" ]; then
    [ -x "$BENCH_CHROMIUM" ] && return 0
    fail "Cannot use a browser: BENCH_CHROMIUM names $BENCH_CHROMIUM, which cannot be run; fix it, or unset it" 2
  fi
  for browser in /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome /usr/bin/google-chrome-stable \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium" \
    "$(node -e 'console.log(require("playwright-core").chromium.executablePath())' 2>/dev/null)"; do
    [ -x "$browser" ] && return 0
  done
  return 1
}

# Ubuntu's package of this name holds no browser, only a pointer to a store.
provide_browser() {
  has_browser && return 0
  # shellcheck disable=SC1091 # a file of the machine
  if can_install && [ "$(. /etc/os-release && echo "$ID")" = debian ]; then install_debian_packages chromium; fi
  has_browser || fail "Cannot use a browser: no browser was found; install Chrome or Chromium, or set BENCH_CHROMIUM to its path" 2
}

provide_image() {
  local status=0
  build_image || status=$?
  if [ "$status" -eq "$no_engine_answers" ]; then
    provide_engine
    status=0
    build_image || status=$?
  fi
  if [ "$status" -eq "$no_mmdebstrap" ]; then
    provide_mmdebstrap
    status=0
    build_image || status=$?
  fi
  return "$status"
}

provide_mmdebstrap() {
  can_install || fail "Cannot build the sandbox: no registry has Debian's image and mmdebstrap is missing; install mmdebstrap, or run: docker pull debian:bookworm-slim" 2
  install_debian_packages mmdebstrap debian-archive-keyring
}

provide_bubblewrap() {
  if ! command -v bwrap >/dev/null; then
    can_install || fail "Cannot use bubblewrap: the program bwrap is missing; install the package bubblewrap" 2
    install_debian_packages bubblewrap
  fi
  local status=0
  make_root || status=$?
  if [ "$status" -eq "$no_mmdebstrap" ]; then
    provide_mmdebstrap
    status=0
    make_root || status=$?
  fi
  return "$status"
}

# A tool that only makes checks complete: where it cannot be installed, a line says what is left out.
provide_tool() {
  local tool="$1" consequence="$2"
  command -v "$tool" >/dev/null && return 0
  if can_install; then install_debian_packages "$tool"; else say "$tool is missing, so $consequence; install the package $tool"; fi
}

make_root() { node sandbox/make-rootfs.mjs 9>&- >/dev/null </dev/null; }

# The programs stat and ls fail under older ones.
readonly oldest_runsc=20230801
readonly runsc_flags='"runtimeArgs": ["--network=none"]'

# The runtimes of an engine that runs already are for its owner to decide, so that one is left as it is.
provide_gvisor() {
  if [ "$(runsc_date)" -lt "$oldest_runsc" ]; then
    can_install || fail "Cannot use gVisor: a runsc of August 2023 or newer is missing; install it (https://gvisor.dev/docs/user_guide/install/)" 2
    install_runsc
  fi
  local entry
  entry="\"runtimes\": {\"runsc\": {\"path\": \"$(command -v runsc)\", $runsc_flags}}"
  if ! node sandbox/build-image.mjs --ping 9>&- </dev/null && [ ! -e /etc/docker/daemon.json ] && can_install; then
    mkdir -p /etc/docker
    printf '{%s}\n' "$entry" >/etc/docker/daemon.json
  elif ! node sandbox/build-image.mjs --has-runtime runsc 9>&- </dev/null; then
    say "the engine does not know runsc yet: add $entry to its /etc/docker/daemon.json and restart it"
  fi
}

# The date of the installed runsc as a number; 0 when there is none.
runsc_date() {
  local date
  date="$(runsc --version 2>/dev/null | sed -n 's/^runsc version.*\(20[0-9]\{6\}\).*/\1/p')"
  echo "${date:-0}"
}

# The mirror from which this machine installs Debian's packages, or else Debian's own.
debian_mirror() {
  local uri
  # shellcheck disable=SC2016 # apt-get fills in the names in parentheses
  uri="$(apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' 'Identifier: Packages' | sed -n '/security/d; s/^Debian //p' | head -n 1)"
  echo "${uri:-http://deb.debian.org/debian}"
}

# The package of Debian 12 is too old. That of Debian 13 is one program that needs nothing else, so it does for older releases, too.
install_runsc() {
  [ -e /usr/share/keyrings/debian-archive-keyring.gpg ] || install_debian_packages debian-archive-keyring
  say "installing runsc"
  local folder log
  folder="$(mktemp -d)"
  log="$folder/log"
  mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(debian_mirror) trixie main" >"$folder/sources.list"
  local options=(-o "Dir::Etc::SourceList=$folder/sources.list" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$folder/lists" -o "Dir::Cache=$folder/cache")
  if ! (cd "$folder" && chmod 755 . && apt-get "${options[@]}" update && apt-get "${options[@]}" -o APT::Sandbox::User=root download runsc && dpkg-deb -x runsc_*.deb .) 9>&- >"$log" 2>&1 </dev/null; then
    tail -n 15 "$log" >&2
    fail "Cannot install runsc: apt-get failed; see $log"
  fi
  install -m 755 "$folder/usr/bin/runsc" /usr/local/bin/runsc
  rm -rf "$folder"
  hash -r
}

start_with_own_environment "$@"
want_browser="" want_bubblewrap="" want_gvisor="" want_lint="" want_strace="" want_engine=yes
for flag in "$@"; do
  case "$flag" in
    --browser) want_browser=yes ;;
    --bubblewrap) want_bubblewrap=yes ;;
    --gvisor) want_gvisor=yes ;;
    --lint) want_lint=yes ;;
    --strace) want_strace=yes ;;
    --no-engine) want_engine= ;;
    *) fail "Cannot set up with \"$flag\": the arguments are --browser, --bubblewrap, --gvisor, --lint, --strace and --no-engine" 2 ;;
  esac
done
folder="$(own_folder)" engine_log=""
lock
check_node
install_packages
build_program
if [ -n "$want_browser" ]; then provide_browser; fi
if [ -n "$want_gvisor" ]; then provide_gvisor; fi
if [ -n "$want_lint" ]; then provide_tool shellcheck "shell scripts stay unchecked"; fi
if [ -n "$want_strace" ]; then provide_tool strace "the tests that watch what is started and opened are left out"; fi
if [ -n "$want_engine" ]; then provide_image; fi
if [ -n "$want_bubblewrap" ]; then provide_bubblewrap; fi

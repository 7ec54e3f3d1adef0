# shellcheck shell=bash
# Reads files as commits hold them, for scripts/gate-prompt.sh, which sources this: the working tree of a pull request is a stranger's, and the configuration
# beside it may be, too. git gets an environment of a few names and no key, and starts nothing that a checkout names. What the checkout lacks is fetched into a
# repository of our own.
#
# Expects $folder (private, empty, absolute), $token (may be empty) and fail(). Reads GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_WORKSPACE and BENCH_PULL_REQUEST.

# Long system prompts have some ten thousand characters.
readonly max_prompt_bytes=1048576 max_overlay_files=200
# The folders of one commit, packed: a repository of a hundred thousand files has some ten megabytes of them.
readonly max_fetched_kib=262144
readonly max_local_seconds=20 max_fetch_seconds=300
readonly store="${folder:?}/store.git"

# The settings of a command line take precedence over those of a checkout.
readonly harmless=(
  --no-optional-locks --literal-pathspecs --no-replace-objects -c core.fsmonitor=false -c core.hooksPath=/dev/null -c core.sshCommand=false
  -c core.askPass= -c core.gitProxy= -c credential.helper= -c safe.bareRepository=explicit -c "safe.directory=${GITHUB_WORKSPACE:-}"
)

# Leaves exported only what git needs. For a subshell that then starts git; no key is ever among its arguments, which others on the machine can see.
bare_environment() {
  local name
  while IFS= read -r name; do export -n "${name?}"; done < <(compgen -e)
  while read -r _ _ name; do export -nf "${name?}"; done < <(declare -Fx)
  # A checkout may name a program as its remote and set protocol.ext.allow, which takes precedence over protocol.allow=never, but not over an empty list here.
  export PATH HOME=/nonexistent LC_ALL=C GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_ATTR_NOSYSTEM=1 \
    GIT_TERMINAL_PROMPT=0 GIT_NO_LAZY_FETCH=1 GIT_ALLOW_PROTOCOL=
}

# Ends what hangs, for example on a configuration that includes a pipe. macOS lacks the command.
within() {
  local seconds="$1"
  shift
  if command -v timeout >/dev/null; then timeout --kill-after=5 "$seconds" "$@"; else "$@"; fi
}

in_checkout() (bare_environment && within "$max_local_seconds" git "${harmless[@]}" "$@")

in_store() (bare_environment && within "$max_local_seconds" git "${harmless[@]}" --git-dir="$store" "$@")

# Fetches a commit or a blob, without the blobs of its files, from the server that runs this workflow.
fetch() (
  url="${GITHUB_SERVER_URL:-}/${GITHUB_REPOSITORY:-}"
  case "$url" in https://*/*/* | http://*/*/*) ;; *) return 1 ;; esac
  # Without a token, the header that actions/checkout left is used. Asking for a value of the configuration starts nothing.
  header="$(in_checkout config --get-urlmatch http.extraheader "$url" || true)"
  [ -z "$token" ] || header="AUTHORIZATION: basic $(printf 'x-access-token:%s' "$token" | base64 | tr -d '\n')"
  [ -d "$store" ] || in_checkout init --quiet --bare --template= "$store" || return 1
  bare_environment
  # Proxies and certificates of the machine.
  export http_proxy https_proxy HTTPS_PROXY no_proxy NO_PROXY all_proxy ALL_PROXY GIT_SSL_CAINFO GIT_SSL_CAPATH SSL_CERT_FILE SSL_CERT_DIR
  export GIT_ALLOW_PROTOCOL="${url%%://*}" GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="http.${GITHUB_SERVER_URL%/}/.extraheader" GIT_CONFIG_VALUE_0="$header"
  ulimit -f "$max_fetched_kib"
  within "$max_fetch_seconds" git "${harmless[@]}" --git-dir="$store" -c "remote.origin.url=$url" \
    -c core.bigFileThreshold=1m -c http.lowSpeedLimit=1000 -c http.lowSpeedTime=60 \
    fetch --quiet --depth=1 --filter=blob:none --no-tags --no-recurse-submodules --no-auto-maintenance origin "$1" 2>/dev/null
)

# Prints the id of the commit that a reference names, fetched where the checkout lacks it.
commit_of() {
  local ref="$1" commit
  in_checkout rev-parse --verify --quiet --end-of-options "$ref^{commit}" 2>/dev/null && return 0
  [[ "$ref" =~ ^[A-Za-z0-9][A-Za-z0-9._/@-]*$ ]] || return 1
  if fetch "$ref"; then
    in_store rev-parse --verify --quiet 'FETCH_HEAD^{commit}'
    return
  fi
  # A server that hands out only what it advertises has the newest commit of a pull request under this name.
  [[ "${BENCH_PULL_REQUEST:-}" =~ ^[0-9]+$ ]] && fetch "refs/pull/$BENCH_PULL_REQUEST/head" || return 1
  commit="$(in_store rev-parse --verify --quiet 'FETCH_HEAD^{commit}')" && [ "$commit" = "$ref" ] && echo "$commit"
}

# Prints "MODE TYPE ID" of a path in a commit, nothing where there is no such path; fails where the repository lacks folders of the commit. $1 says where to look.
entry_of() {
  local entry=""
  "$1" ls-tree -z --full-tree "$2" -- "$3" >"$folder/entry" 2>/dev/null || return 1
  IFS= read -r -d '' entry <"$folder/entry" || true
  [ "${entry#*$'\t'}" != "$3" ] || echo "${entry%%$'\t'*}"
}

incomplete() {
  fail "Cannot read \"$(shown "$2")\": the checkout lacks parts of commit $1, and they cannot be fetched; use actions/checkout with fetch-depth: 0 and without a filter"
}

# Finds a path of a commit, which starts at the top of the repository: sets `place`, where it can be read, and `entry`, as entry_of prints it.
find_committed() {
  local commit="$1" path="$2" id
  place=in_checkout
  if ! entry="$(entry_of in_checkout "$commit" "$path")" || { id="${entry##* }" && [[ "$entry" = 100* ]] && ! in_checkout cat-file -e "$id" 2>/dev/null; }; then
    place=in_store
    in_store cat-file -e "$commit^{tree}" 2>/dev/null || fetch "$commit" || incomplete "$commit" "$path"
    entry="$(entry_of in_store "$commit" "$path")" || incomplete "$commit" "$path"
  fi
}

# Writes a file of a commit, whose path starts at the top of the repository, to a file of ours.
write_committed() {
  local commit="$1" path="$2" target="$3" place entry mode id size name
  name="$(shown "$path")"
  find_committed "$commit" "$path"
  read -r mode _ id <<<"$entry"
  case "$mode" in
    100644 | 100755) ;;
    120000) fail "Cannot gate \"$name\": it is a link in commit $commit; commit the file itself as a plain one" ;;
    160000) fail "Cannot gate \"$name\": it is a submodule in commit $commit; commit the file itself as a plain one" ;;
    "") fail "Cannot gate \"$name\": commit $commit has no such file; a prompt that is new or removed cannot be compared" ;;
    *) fail "Cannot gate \"$name\": it is a folder in commit $commit; set the input \"prompt\" to a file" ;;
  esac
  if [ "$place" = in_store ]; then in_store cat-file -e "$id" 2>/dev/null || fetch "$id" || incomplete "$commit" "$path"; fi
  size="$("$place" cat-file -s "$id")" || incomplete "$commit" "$path"
  [ "$size" -le "$max_prompt_bytes" ] || fail "Cannot gate \"$name\": it has $size bytes in commit $commit; shorten it to $max_prompt_bytes bytes"
  "$place" cat-file blob "$id" >"$target" || incomplete "$commit" "$path"
}

# Writes a file of a commit, or all files of a folder, below a new folder of ours; nothing where the commit has neither.
write_overlay() {
  local commit="$1" path="$2" target="$3" place entry line file count=0
  find_committed "$commit" "$path"
  [ -n "$entry" ] || return 0
  mkdir "$target"
  if [[ "$entry" != 040000* ]]; then
    write_committed "$commit" "$path" "$target/${path##*/}"
    return
  fi
  "$place" ls-tree -r -z --full-tree "$commit" -- "$path/" >"$folder/overlay" 2>/dev/null || incomplete "$commit" "$path"
  while IFS= read -r -d '' line; do
    file="${line#*$'\t'}"
    count=$((count + 1))
    [ "$count" -le "$max_overlay_files" ] || fail "Cannot gate \"$(shown "$path")\": it has more than $max_overlay_files files in commit $commit; set the input \"overlay\" to a smaller folder"
    [[ "$file" != *[[:cntrl:]]* ]] || fail "Cannot gate \"$(shown "$file")\": the path has a control character; rename the file"
    mkdir -p "$target/$(dirname -- "${file#"$path/"}")"
    write_committed "$commit" "$file" "$target/${file#"$path/"}"
  done <"$folder/overlay"
}

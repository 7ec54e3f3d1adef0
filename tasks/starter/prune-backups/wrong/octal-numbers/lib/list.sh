# Finds the backups of a folder.

# Writes NAME/DATE/NUMBER/FILE for each backup: by name, then from the newest to the oldest. No part can contain a slash.
backups() {
  local path file
  local form='^([^.].*)_([0-9]{4}-[0-9]{2}-[0-9]{2})(_([0-9]{1,9}))?\.tar\.gz$'
  shopt -s nullglob
  for path in "$dir"/*; do
    file=${path##*/}
    [[ -f $path && ! -L $path && $file =~ $form ]] || continue
    is_day "${BASH_REMATCH[2]}" || continue
    printf '%s/%s/%d/%s\n' "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "${BASH_REMATCH[4]:-0}" "$file"
  done | sort -t / -k 1,1 -k 2,2r -k 3,3nr -k 4,4r
}

is_day() {
  [[ $(date -u -d "$1" +%F 2>/dev/null) == "$1" ]]
}

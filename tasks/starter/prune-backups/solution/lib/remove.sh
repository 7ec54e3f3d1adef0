# Carries out what was decided, and counts.

kept=0
removed=0
failed=0

# Carries out a verdict about a file.
apply() {
  if [[ $1 == keep ]]; then
    printf 'keep %s\n' "$2"
    kept=$((kept + 1))
  elif [[ $dry == yes ]]; then
    printf 'would remove %s\n' "$2"
    removed=$((removed + 1))
  elif rm -f -- "$dir/$2" 2>/dev/null; then
    rm -f -- "$dir/$2.sha256"
    printf 'remove %s\n' "$2"
    removed=$((removed + 1))
  else
    printf 'failed %s\n' "$2"
    failed=$((failed + 1))
  fi
}

summary() {
  if [[ $dry == yes ]]; then
    printf 'kept %d, would remove %d\n' "$kept" "$removed"
  else
    printf 'kept %d, removed %d, failed %d\n' "$kept" "$removed" "$failed"
  fi
}

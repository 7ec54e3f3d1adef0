# Carries out what was decided, and counts.

kept=0
removed=0
failed=0

# Reads "keep FILE" or "remove FILE".
apply() {
  while read verdict file; do
    if [ $verdict = keep ]; then
      echo "keep $file"
      kept=$((kept + 1))
      continue
    fi
    rm -f "$dir/$file.sha256"
    if [ $dry = yes ]; then
      echo "would remove $file"
    else
      rm -f "$dir/$file"
      echo "remove $file"
    fi
    removed=$((removed + 1))
  done
}

summary() {
  if [ $dry = yes ]; then
    echo "kept $kept, would remove $removed"
  else
    echo "kept $kept, removed $removed, failed $failed"
  fi
}

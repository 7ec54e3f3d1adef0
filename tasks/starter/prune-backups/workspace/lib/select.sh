# Decides which backups are kept.

seen_days=0
seen_weeks=0

# Reads file names, the newest first; writes "keep FILE" or "remove FILE".
select_backups() {
  local count=0 day week last_day= last_week= verdict
  while read file; do
    verdict=remove
    count=$((count + 1))
    day=$(echo $file | grep -o '[0-9]*-[0-9]*-[0-9]*')
    week=$(date -d $day +%Y-%V)
    if [ "$day" != "$last_day" ]; then
      seen_days=$((seen_days + 1))
      [ $seen_days -le $days ] && verdict=keep
    fi
    if [ "$week" != "$last_week" ]; then
      seen_weeks=$((seen_weeks + 1))
      [ $seen_weeks -le $weeks ] && verdict=keep
    fi
    [ $count -le $min ] && verdict=keep
    [ -e "$dir/$file.keep" ] && verdict=keep
    last_day=$day
    last_week=$week
    echo $verdict $file
  done
}

# Decides which backups are kept.

last_name=/
last_day=
last_week=
count=0
seen_days=0
seen_weeks=0

# Takes the backups one after the other (name, date, file), of each name the newest first; sets verdict to keep or remove.
decide() {
  local week
  week=$(date -u -d "$2" +%G-%V)
  if [[ $1 != "$last_name" ]]; then
    last_name=$1 last_day= last_week= count=0 seen_days=0 seen_weeks=0
  fi
  verdict=remove
  if [[ $2 != "$last_day" ]] && ((++seen_days <= days)); then verdict=keep; fi
  if [[ $week != "$last_week" ]] && ((++seen_weeks <= weeks)); then verdict=keep; fi
  if ((++count <= min)) || [[ -e $dir/$3.keep ]]; then verdict=keep; fi
  last_day=$2
  last_week=$week
}

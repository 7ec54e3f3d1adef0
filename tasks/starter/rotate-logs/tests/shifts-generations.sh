. "$(dirname "$0")/setup.bash"
for n in 1 2 3 4; do printf 'old%s' "$n" >"app.log.$n"; done
printf 'new' >app.log
rotate app.log
holds app.log.1 new
for n in 2 3 4 5; do holds "app.log.$n" "old$((n - 1))"; done
absent app.log.6
equal "$status" 0 status

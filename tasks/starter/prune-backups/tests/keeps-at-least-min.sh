. "$(dirname "$0")/setup.bash"
make db_2026-03-01_{1,2,3,4}
prune -d 1 -w 1 -m 3 "$dir"
equal "$(left)" 'db_2026-03-01_2|db_2026-03-01_3|db_2026-03-01_4|' 'files left'
prune -d 0 -w 0 "$dir"
equal "$(left)" 'db_2026-03-01_4|' 'files left with the default'
prune -d 0 -w 0 -m 0 "$dir"
equal "$(left)" '' 'files left with 0'
says 'remove db_2026-03-01_4.tar.gz' 'kept 0, removed 1, failed 0'

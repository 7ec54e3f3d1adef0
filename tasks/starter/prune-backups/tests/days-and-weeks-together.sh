. "$(dirname "$0")/setup.bash"
make db_2026-03-{01,02,07,08,14,15,16,17}
prune -d 2 -w 3 "$dir"
equal "$(left)" 'db_2026-03-08|db_2026-03-15|db_2026-03-16|db_2026-03-17|' 'files left'

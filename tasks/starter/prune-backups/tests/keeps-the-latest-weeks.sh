. "$(dirname "$0")/setup.bash"
# Mondays are 2026-03-02, 09, 16 and 23.
make db_2026-03-{02,08,09,15,16,23,29}
prune -d 0 -w 3 -m 0 "$dir"
equal "$(left)" 'db_2026-03-15|db_2026-03-16|db_2026-03-29|' 'files left'

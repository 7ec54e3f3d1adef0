. "$(dirname "$0")/setup.bash"
make db_2026-03-01 db_2026-03-01_1 db_2026-03-01_2 db_2026-03-02 db_2026-03-02_5
prune -d 2 -w 0 "$dir"
equal "$(left)" 'db_2026-03-01_2|db_2026-03-02_5|' 'files left'

. "$(dirname "$0")/setup.bash"
make db_2024-02-29 db_2024-02-28
prune -d 1 -w 0 "$dir"
equal "$(left)" 'db_2024-02-29|' 'files left'

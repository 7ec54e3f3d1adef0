. "$(dirname "$0")/setup.bash"
# The week from 2025-12-29 to 2026-01-04 is one week, and so is that from 2024-12-30 to 2025-01-05.
make db_2025-12-28 db_2025-12-29 db_2025-12-31 db_2026-01-01 db_2026-01-04
prune -d 0 -w 2 -m 0 "$dir"
equal "$(left)" 'db_2025-12-28|db_2026-01-04|' 'files left'
rm "$dir"/*
make db_2025-01-01 db_2025-12-30
prune -d 0 -w 2 -m 0 "$dir"
equal "$(left)" 'db_2025-01-01|db_2025-12-30|' 'files left, weeks of the same number'

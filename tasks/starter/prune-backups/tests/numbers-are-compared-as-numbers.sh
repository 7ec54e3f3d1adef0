. "$(dirname "$0")/setup.bash"
make db_2026-03-01 db_2026-03-01_{1,2,9,10,11}
prune -d 1 -w 0 "$dir"
says 'keep db_2026-03-01_11.tar.gz' 'remove db_2026-03-01_10.tar.gz' 'remove db_2026-03-01_9.tar.gz' 'remove db_2026-03-01_2.tar.gz' 'remove db_2026-03-01_1.tar.gz' 'remove db_2026-03-01.tar.gz' 'kept 1, removed 5, failed 0'

. "$(dirname "$0")/setup.bash"
make db_2026-03-0{1,2,3,5,8}
prune -d 3 -w 0 "$dir"
equal "$status" 0 status
says 'keep db_2026-03-08.tar.gz' 'keep db_2026-03-05.tar.gz' 'keep db_2026-03-03.tar.gz' 'remove db_2026-03-02.tar.gz' 'remove db_2026-03-01.tar.gz' 'kept 3, removed 2, failed 0'
equal "$(left)" 'db_2026-03-03|db_2026-03-05|db_2026-03-08|' 'files left'
equal "$err" '' 'standard error'

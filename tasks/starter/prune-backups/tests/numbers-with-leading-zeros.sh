. "$(dirname "$0")/setup.bash"
make db_2026-03-01_{07,08,09,010} db_2026-03-02_{0,00} db_2026-03-02
prune -n -d 0 -w 0 -m 0 "$dir"
says 'would remove db_2026-03-02_00.tar.gz' 'would remove db_2026-03-02_0.tar.gz' 'would remove db_2026-03-02.tar.gz' 'would remove db_2026-03-01_010.tar.gz' \
  'would remove db_2026-03-01_09.tar.gz' 'would remove db_2026-03-01_08.tar.gz' 'would remove db_2026-03-01_07.tar.gz' 'kept 0, would remove 7'
equal "$err" '' 'standard error'

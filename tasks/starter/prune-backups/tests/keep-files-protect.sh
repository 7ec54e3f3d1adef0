. "$(dirname "$0")/setup.bash"
make db_2026-03-0{1,2,3}
touch "$dir/db_2026-03-01.tar.gz.keep" "$dir/db_2026-03-03.tar.gz.keep"
prune -d 1 -w 0 "$dir"
says 'keep db_2026-03-03.tar.gz' 'remove db_2026-03-02.tar.gz' 'keep db_2026-03-01.tar.gz' 'kept 2, removed 1, failed 0'
[[ -e $dir/db_2026-03-01.tar.gz.keep ]] || fail 'a keep file was removed'

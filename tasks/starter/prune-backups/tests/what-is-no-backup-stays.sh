. "$(dirname "$0")/setup.bash"
make db_2026-03-01 db_2026-03-02
others=(db_2026-02-30 db_2026-13-01 db_2026-3-01 db_2025-02-29 _2026-01-01 2026-01-01 db-2026-01-01 db_2026-01-01_ db_2026-01-01_x db_2026-01-01_1_2 .db_2026-01-01 db_2026-01-01_1234567890 db)
make "${others[@]}"
touch "$dir/db_2026-01-01.tar" "$dir/db_2026-01-01.tar.gz.old" "$dir/db_2026-01-01.tar.gz.sha256"
mkdir "$dir/db_2026-01-02.tar.gz"
ln -s db_2026-03-02.tar.gz "$dir/db_2026-01-03.tar.gz"
prune -d 1 -w 0 "$dir"
says 'keep db_2026-03-02.tar.gz' 'remove db_2026-03-01.tar.gz' 'kept 1, removed 1, failed 0'
equal "$err" '' 'standard error'
for name in "${others[@]}"; do [[ -f $dir/$name.tar.gz ]] || fail "$name was removed"; done
[[ -d $dir/db_2026-01-02.tar.gz && -L $dir/db_2026-01-03.tar.gz && -f $dir/db_2026-01-01.tar.gz.sha256 ]] || fail 'something else was removed'

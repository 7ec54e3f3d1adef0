. "$(dirname "$0")/setup.bash"
make db_2026-03-0{1,2}
touch "$dir/db_2026-03-01.tar.gz.sha256"
chmod 555 "$dir"
# Whoever may write all the same (root) cannot see a failure.
[[ -w $dir ]] && exit 0
prune -d 1 -w 0 "$dir"
equal "$status" 1 status
says 'keep db_2026-03-02.tar.gz' 'failed db_2026-03-01.tar.gz' 'kept 1, removed 0, failed 1'
prune -d 2 -w 0 "$dir"
equal "$status" 0 'status without anything to remove'

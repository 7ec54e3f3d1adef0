. "$(dirname "$0")/setup.bash"
make db_2026-03-0{1,2,3}
touch "$dir"/db_2026-03-0{1,2,3}.tar.gz.sha256
before=$(left)
prune -n -d 1 -w 0 "$dir"
equal "$status" 0 status
says 'keep db_2026-03-03.tar.gz' 'would remove db_2026-03-02.tar.gz' 'would remove db_2026-03-01.tar.gz' 'kept 1, would remove 2'
equal "$(left)" "$before" 'files left'
[[ $out != *failed* ]] || fail 'a dry run speaks of failures'

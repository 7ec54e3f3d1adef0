. "$(dirname "$0")/setup.bash"
make db_2026-03-0{1,2}
touch "$dir"/db_2026-03-0{1,2}.tar.gz.sha256
prune -d 1 -w 0 "$dir"
equal "$(left)" 'db_2026-03-02|db_2026-03-02.tar.gz.sha256|' 'files left'

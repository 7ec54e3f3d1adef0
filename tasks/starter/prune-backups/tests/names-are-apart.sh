. "$(dirname "$0")/setup.bash"
make a_2026-03-0{1,2,3} b_2026-02-0{1,2,3} a_2026-03-03_1
prune -d 2 -w 0 "$dir"
says 'keep a_2026-03-03_1.tar.gz' 'remove a_2026-03-03.tar.gz' 'keep a_2026-03-02.tar.gz' 'remove a_2026-03-01.tar.gz' 'keep b_2026-02-03.tar.gz' 'keep b_2026-02-02.tar.gz' 'remove b_2026-02-01.tar.gz' 'kept 4, removed 3, failed 0'

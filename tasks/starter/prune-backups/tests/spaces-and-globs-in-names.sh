. "$(dirname "$0")/setup.bash"
make 'my db_2026-03-01' 'my db_2026-03-02' 'my  db_2026-03-01' 'a*_2026-03-01' 'a*_2026-03-02' 'ab_2026-03-01' '[x] -y_2026-03-01' '-n_2026-03-01' ' lead_2026-03-01' 'back\slash_2026-03-01'
prune -d 1 -w 0 "$dir"
equal "$(left)" ' lead_2026-03-01|-n_2026-03-01|[x] -y_2026-03-01|a*_2026-03-02|ab_2026-03-01|back\slash_2026-03-01|my  db_2026-03-01|my db_2026-03-02|' 'files left'
[[ $out == *'keep  lead_2026-03-01.tar.gz'* ]] || fail 'a leading space was lost'
[[ $out == *'keep back\slash_2026-03-01.tar.gz'* ]] || fail 'a backslash was lost'
[[ $out == *'kept 8, removed 2, failed 0' ]] || fail "wrong figures: $out"

. "$(dirname "$0")/setup.bash"
mv "$dir" "$work/my [b]ackups *"
dir="$work/my [b]ackups *"
make db_2026-03-0{1,2}
cd / || exit 9
prune -d 1 -w 0 "$dir"
equal "$(left)" 'db_2026-03-02|' 'files left'
cd "$work" || exit 9
make db_2026-03-03
prune -d 1 -w 0 'my [b]ackups *'
equal "$(left)" 'db_2026-03-03|' 'files left, by relative path'
"$SOLUTION" cp -r /workspace "$work/the tool"
script="$work/the tool/bin/prune.sh"
prune "$dir"
equal "$out" "$(printf 'keep db_2026-03-03.tar.gz\nkept 1, removed 0, failed 0')" 'output of a tool in a folder with spaces'

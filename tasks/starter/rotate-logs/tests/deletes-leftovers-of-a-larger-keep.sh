. "$(dirname "$0")/setup.bash"
for n in 1 2 3 4 7 12 100; do printf 'old%s' "$n" >"app.log.$n"; done
printf 'new' >app.log
rotate -k 3 app.log
holds app.log.1 new
holds app.log.2 old1
holds app.log.3 old2
for n in 4 5 7 8 12 13 100 101; do absent "app.log.$n"; done

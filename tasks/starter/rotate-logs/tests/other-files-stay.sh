. "$(dirname "$0")/setup.bash"
names=(app.log.bak app.log.01 app.log.0 app.log.1.gz app.log.1x app.log10 app.log. app.log.9.9 other.log.1 xapp.log.9)
for name in "${names[@]}"; do printf '%s' "$name" >"$name"; done
printf 'new' >app.log
rotate -k 2 app.log
for name in "${names[@]}"; do holds "$name" "$name"; done
holds app.log.1 new
absent app.log.2

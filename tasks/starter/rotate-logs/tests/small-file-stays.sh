. "$(dirname "$0")/setup.bash"
printf '12345' >app.log
printf 'old' >app.log.1
rotate -s 6 app.log
equal "$status" 0 status
equal "$out" "" output
holds app.log 12345
holds app.log.1 old
rotate -s 5 app.log
equal "$out" "rotated app.log" output
holds app.log.1 12345
holds app.log.2 old

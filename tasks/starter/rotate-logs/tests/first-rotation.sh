. "$(dirname "$0")/setup.bash"
printf 'one' >app.log
rotate app.log
equal "$status" 0 status
holds app.log.1 one
holds app.log ""
absent app.log.2
equal "$out" "rotated app.log" output
[[ $out != *app.log.1* ]] || fail "output names a generation"
equal "$err" "" "standard error"

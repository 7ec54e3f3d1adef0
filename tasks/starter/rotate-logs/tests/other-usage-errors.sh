. "$(dirname "$0")/setup.bash"
printf 'new' >app.log
rotate
equal "$status" 2 "status without a file"
[[ -n $err ]] || fail "nothing on standard error"
rotate -k 3
equal "$status" 2 "status with options only"
rotate -x app.log
equal "$status" 2 "status for an unknown option"
rotate -k
equal "$status" 2 "status for an option without value"
rotate --
equal "$status" 2 "status for -- alone"
equal "$out" "" output
holds app.log new
absent app.log.1

. "$(dirname "$0")/setup.bash"
request /a >log
mkdir folder
summary log none.log
equal "$status" 1 status
equal "$out" "" output
[[ $err == *none.log* ]] || fail "standard error does not name none.log"
summary folder log
equal "$status" 1 "status for a folder"
equal "$out" "" output

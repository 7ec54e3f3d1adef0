. "$(dirname "$0")/setup.bash"
printf 'new' >app.log
for value in 0 -1 1000 08 x 1.5 '' ' 3' '2 '; do
  rotate -k "$value" app.log
  equal "$status" 2 "status for -k '$value'"
  equal "$out" "" output
  [[ -n $err ]] || fail "nothing on standard error for -k '$value'"
done
holds app.log new
absent app.log.1
rotate -k 999 app.log
equal "$status" 0 status

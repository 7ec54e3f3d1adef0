. "$(dirname "$0")/setup.bash"
request /a >log
for value in 0 -1 10000 05 x '' 1.5; do
  summary -n "$value" log
  equal "$status" 2 "status for -n '$value'"
  equal "$out" "" output
  [[ -n $err ]] || fail "nothing on standard error"
done
summary -n
equal "$status" 2 "status for -n alone"
summary -x log
equal "$status" 2 "status for -x"
[[ $status != 0 && -z $out ]] || fail "output in spite of an error"

. "$(dirname "$0")/setup.bash"
printf 'new' >app.log
for value in -1 1k 1000000000 00 010 ''; do
  rotate -s "$value" app.log
  equal "$status" 2 "status for -s '$value'"
  equal "$out" "" output
done
holds app.log new
absent app.log.1

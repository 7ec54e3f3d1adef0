. "$(dirname "$0")/setup.bash"
: >app.log
rotate app.log
equal "$status" 0 status
equal "$out" "" output
absent app.log.1
rotate -s 0 app.log
equal "$out" "rotated app.log" output
holds app.log.1 ""
holds app.log ""

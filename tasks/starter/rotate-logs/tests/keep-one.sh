. "$(dirname "$0")/setup.bash"
printf 'new' >app.log
printf 'old' >app.log.1
rotate -k 1 app.log
holds app.log.1 new
absent app.log.2
equal "$status" 0 status

. "$(dirname "$0")/setup.bash"
printf 'old3' >app.log.3
printf 'new' >app.log
rotate app.log
holds app.log.1 new
absent app.log.2
absent app.log.3
holds app.log.4 old3

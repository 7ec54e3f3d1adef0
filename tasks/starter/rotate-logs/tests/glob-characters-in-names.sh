. "$(dirname "$0")/setup.bash"
printf 'new' >'app[1].log'
printf 'old' >'app[1].log.1'
printf 'mine' >app1.log.1
printf 'star' >'a*.log'
printf 'star1' >'a*.log.1'
rotate 'app[1].log' 'a*.log'
holds 'app[1].log.1' new
holds 'app[1].log.2' old
holds app1.log.1 mine
absent app1.log.2
holds 'a*.log.1' star
holds 'a*.log.2' star1

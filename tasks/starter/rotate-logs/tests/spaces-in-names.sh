. "$(dirname "$0")/setup.bash"
mkdir 'my logs'
printf 'new' >'my logs/app  one.log'
printf 'old' >'my logs/app  one.log.1'
rotate 'my logs/app  one.log'
equal "$out" "rotated my logs/app  one.log" output
holds 'my logs/app  one.log.1' new
holds 'my logs/app  one.log.2' old
equal "$status" 0 status

. "$(dirname "$0")/setup.bash"
printf 'new' >-k
printf 'old' >-k.1
rotate -k 4 -- -k
equal "$status" 0 status
holds ./-k.1 new
holds ./-k.2 old
equal "$out" "rotated -k" output

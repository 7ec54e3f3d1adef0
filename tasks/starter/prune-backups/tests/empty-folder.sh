. "$(dirname "$0")/setup.bash"
prune "$dir"
equal "$status" 0 status
says 'kept 0, removed 0, failed 0'
prune -n "$dir"
says 'kept 0, would remove 0'
equal "$err" '' 'standard error'

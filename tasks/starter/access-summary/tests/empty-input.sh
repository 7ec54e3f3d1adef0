. "$(dirname "$0")/setup.bash"
: >log
summary log
gives . '{"bytes":0,"requests":0,"routes":[],"skipped":0,"statuses":{}}'
printf '\n  \n\t\r\n' >log
summary log
gives . '{"bytes":0,"requests":0,"routes":[],"skipped":0,"statuses":{}}'

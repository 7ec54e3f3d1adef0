. "$(dirname "$0")/setup.bash"
for status in 200 201 299 304 404 499 500 503; do request /a "$status"; done >log
summary log
gives .statuses '{"2xx":3,"3xx":1,"4xx":2,"5xx":2}'
gives '.statuses | has("1xx")' false
gives '.routes[0].errors' 2

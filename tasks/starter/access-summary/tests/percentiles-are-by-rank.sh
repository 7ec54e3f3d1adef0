. "$(dirname "$0")/setup.bash"
for ms in 10 9 8 7 6 5 4 3 2 1; do request /ten 200 "$ms"; done >log
for ms in 3 1 2; do request /three 200 "$ms"; done >>log
for ((ms = 40; ms >= 1; ms--)); do request /forty 200 "$ms"; done >>log
request /one 200 12.5 >>log
summary log
gives '[.routes[] | [.route, .p50_ms, .p95_ms]]' '[["GET /forty",20,38],["GET /ten",5,10],["GET /three",2,3],["GET /one",12.5,12.5]]'
gives '.routes[3].p95_ms | type' '"number"'

. "$(dirname "$0")/setup.bash"
{ request /users/12/a7; request /users/9/a7/; request /7; request /1/22/333; request /v2/x; request /12-3; request '/users/007?id=5/a7'; } >log
summary log
gives '[.routes[] | .route] | sort' '["GET /12-3","GET /:id","GET /:id/:id/:id","GET /users/:id","GET /users/:id/a7","GET /v2/x"]'
gives '[.routes[] | select(.route == "GET /users/:id/a7")][0].requests' 2

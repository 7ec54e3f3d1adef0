. "$(dirname "$0")/setup.bash"
{ request '/a?x=1'; request '/a#top'; request '/a?b#c?d'; request '/a/?q=/9/'; request '/?x'; request '/a#x/12?y'; } >log
summary log
gives '[.routes[] | [.route, .requests]]' '[["GET /a",5],["GET /",1]]'

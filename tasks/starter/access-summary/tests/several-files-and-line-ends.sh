. "$(dirname "$0")/setup.bash"
printf '%s' "$(request /a)" >one
printf '%s\r\n%s\r\n' "$(request /a)" "$(request /b)" >'two files'
printf '%s' "$(request /c)" >three
summary one 'two files' three
gives .requests 4
gives .skipped 0
gives '[.routes[] | [.route, .requests]]' '[["GET /a",2],["GET /b",1],["GET /c",1]]'

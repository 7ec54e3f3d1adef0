. "$(dirname "$0")/setup.bash"
{
  request /a
  echo 'not json'
  echo '{"method":"GET","path":"/cut'
  request /b
  echo '[1,2]'
  echo '"text"'
  echo 'null'
  echo '12'
  request /c
} >log
summary log
gives .requests 3
gives .skipped 6
gives '[.routes[].route]' '["GET /a","GET /b","GET /c"]'

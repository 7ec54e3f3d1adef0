. "$(dirname "$0")/setup.bash"
for mode in 640 600 664 666; do
  rm -f app.log
  printf 'new' >app.log
  hand_over
  "$SOLUTION" chmod "$mode" app.log
  rotate app.log
  equal "$(stat -c %a app.log)" "$mode" "mode of the new file"
  equal "$(stat -c %a app.log.1)" "$mode" "mode of the old file"
done

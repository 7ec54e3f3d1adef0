. "$(dirname "$0")/setup.bash"
make shop_2026-03-0{1,2} shop_test_2026-03-0{1,3} shop_2_2026-03-04 shop_2026-01-01_2026-03-05 Shop_2026-03-01
prune -d 1 -w 0 "$dir"
says 'keep Shop_2026-03-01.tar.gz' 'keep shop_2026-03-02.tar.gz' 'remove shop_2026-03-01.tar.gz' 'keep shop_2_2026-03-04.tar.gz' \
  'keep shop_2026-01-01_2026-03-05.tar.gz' 'keep shop_test_2026-03-03.tar.gz' 'remove shop_test_2026-03-01.tar.gz' 'kept 5, removed 2, failed 0'
equal "$(left)" 'Shop_2026-03-01|shop_2026-01-01_2026-03-05|shop_2026-03-02|shop_2_2026-03-04|shop_test_2026-03-03|' 'files left'

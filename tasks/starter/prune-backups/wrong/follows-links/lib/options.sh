# Reads the command line into dry, days, weeks, min and dir.

usage_error() {
  printf 'prune.sh: %s\n' "$1" >&2
  exit 2
}

read_options() {
  local option value
  dry=no days=7 weeks=4 min=1
  while getopts :nd:w:m: option; do
    case $option in
      n) dry=yes ;;
      d) days=$OPTARG ;;
      w) weeks=$OPTARG ;;
      m) min=$OPTARG ;;
      *) usage_error "unknown option, or no value for -$OPTARG" ;;
    esac
  done
  shift $((OPTIND - 1))
  for value in "$days" "$weeks" "$min"; do
    [[ $value =~ ^(0|[1-9][0-9]{0,3})$ ]] || usage_error "not a number from 0 to 9999: $value"
  done
  (($# == 1)) || usage_error "expected one folder"
  dir=$1
  [[ -d $dir ]] || usage_error "not a folder: $dir"
}

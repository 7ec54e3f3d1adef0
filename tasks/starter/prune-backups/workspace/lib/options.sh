# Reads the command line into dry, days, weeks, min and dir.

usage_error() {
  echo "prune.sh: $1" >&2
  exit 2
}

read_options() {
  dry=no days=7 weeks=4 min=1
  while getopts nd:w:m: option; do
    case $option in
      n) dry=yes ;;
      d) days=$OPTARG ;;
      w) weeks=$OPTARG ;;
      m) min=$OPTARG ;;
      *) usage_error "unknown option" ;;
    esac
  done
  shift $((OPTIND - 1))
  for value in $days $weeks $min; do
    [[ $value =~ [0-9]+ ]] || usage_error "not a number: $value"
  done
  [[ $# -ge 1 ]] || usage_error "no folder given"
  dir=$1
  [[ -d $dir ]] || usage_error "not a folder: $dir"
}

# Finds the backups of a folder.

# The names that have backups.
names() {
  ls $dir | grep '\.tar\.gz$' | sed 's/_[0-9].*//' | sort -u
}

# The backups of a name, the newest first.
backups() {
  (cd $dir && ls -d $1_*.tar.gz) | sort -r
}

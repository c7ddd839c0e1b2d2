#!/bin/sh
# First process of a host, already in its own namespaces: builds the root file system and becomes systemd.
# $1: the host's directory, $2: Debian's root file system, $3: the host's name
set -eu
dir=$1
base=$2
name=$3
root=$dir/root

mount --make-rprivate /
mkdir -p "$root"
mount -t overlay overlay -o "lowerdir=$base,upperdir=$dir/upper,workdir=$dir/work" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"

mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for node in null zero full random urandom tty kmsg fuse loop-control net; do
  if [ -e "/dev/$node" ]; then cp -a "/dev/$node" "$root/dev/"; fi
done
for node in /dev/loop[0-9]*; do
  if [ -b "$node" ]; then cp -a "$node" "$root/dev/"; fi
done
mkdir "$root/dev/pts" "$root/dev/shm" "$root/dev/mqueue"
mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts "$root/dev/pts"
mount -t tmpfs tmpfs "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ln -s /proc/self/fd/0 "$root/dev/stdin"
ln -s /proc/self/fd/1 "$root/dev/stdout"
ln -s /proc/self/fd/2 "$root/dev/stderr"

mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"

# In a new cgroup namespace the host sees its own branch as the whole tree.
if [ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ]; then
  mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
else
  mount -t tmpfs -o mode=755 tmpfs "$root/sys/fs/cgroup"
  grep -E '^cgroup2? ' /proc/mounts | while read -r _ point type options _; do
    at=$root$point
    case $point in /sys/fs/cgroup/*) ;; *) continue ;; esac
    mkdir -p "$at"
    if [ "$type" = cgroup2 ]; then
      mount -t cgroup2 cgroup2 "$at"
    else
      only=$(echo "$options" | tr ',' '\n' | grep -vE '^(rw|ro|relatime|nosuid|nodev|noexec|clone_children|xattr|release_agent=.*)$' |
        sed 's/^name=/none,name=/' | tr '\n' ',')
      mount -t cgroup -o "${only%,}" cgroup "$at"
    fi
  done
fi

# Binds: from, to, options. An engine's storage must not lie on an overlay.
while IFS="$(printf '\t')" read -r from to options; do
  [ -n "$from" ] || continue
  if [ -d "$from" ]; then mkdir -p "$root$to"; else mkdir -p "$(dirname "$root$to")" && : >>"$root$to"; fi
  mount --bind "$from" "$root$to"
  if [ "$options" = ro ]; then mount -o remount,bind,ro "$root$to"; fi
done <"$dir/binds"

hostname "$name"
ip link set lo up
cd "$root"
mkdir -p .machine
pivot_root . .machine
umount -l /.machine
rmdir /.machine
mount --make-rshared /
exec env -i container=watchmend-rig PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --log-target=journal </dev/null

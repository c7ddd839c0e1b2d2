#!/bin/sh
# First process of a run: the machine's own files, but a network, processes and a home of its own, and the bridge
# that joins the run's hosts. $1: the run's directory, $2: Debian's root file system, $3: the bridge's address
set -eu
dir=$1
base=$2
address=$3

mount --make-rprivate /
mount -t proc proc /proc
mkdir -p "$dir/home/upper" "$dir/home/work"
mount -t overlay overlay -o "lowerdir=$HOME,upperdir=$dir/home/upper,workdir=$dir/home/work" "$HOME"
mkdir -p "$HOME/.ssh"
chmod 700 "$HOME/.ssh"
cp "$dir"/ssh/* "$HOME/.ssh/"
chmod 600 "$HOME"/.ssh/*
mount --bind "$dir/hosts.txt" /etc/hosts
mount --bind "$dir/resolv.conf" /etc/resolv.conf

ip link set lo up
ip link add name hosts0 type bridge
ip addr add "$address/24" dev hosts0
ip link set hosts0 up
exec "$base/usr/bin/tini-static" -s -- sleep infinity

#!/bin/sh
# Runs once on the finished root file system ($1): users, quiet boot, nothing enabled until a host asks for it.
set -eu
root=$1

mkdir -p "$root/etc/systemd/system-preset"
echo 'disable *' >"$root/etc/systemd/system-preset/00-rig.preset"
chroot "$root" systemctl preset-all >/dev/null 2>&1
chroot "$root" systemctl set-default multi-user.target >/dev/null 2>&1
for unit in podman-auto-update.timer apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer \
  systemd-remount-fs.service getty-static.service getty.target console-getty.service; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done

# ops may use Docker but is no root; admin may use sudo; guest may do neither.
chroot "$root" useradd --create-home --shell /bin/bash --uid 1000 --groups docker ops
chroot "$root" useradd --create-home --shell /bin/bash --uid 1001 --groups sudo admin
chroot "$root" useradd --create-home --shell /bin/bash --uid 1002 guest
echo 'admin ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/admin"
chmod 440 "$root/etc/sudoers.d/admin"

cat >"$root/etc/ssh/sshd_config.d/rig.conf" <<'CONF'
PasswordAuthentication no
PermitRootLogin prohibit-password
UseDNS no
CONF
rm -f "$root"/etc/ssh/ssh_host_*
: >"$root/etc/machine-id"
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*

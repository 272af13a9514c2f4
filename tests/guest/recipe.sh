#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# recipe.sh FOLDER: make a small Debian 12 machine: base.qcow2, vmlinuz, initrd.img, key. The hash of this file names the cache.
# The guest reaches nobody: whatever a baseline installs must be here already. Services it starts are off, so that "before" is unhardened.
set -eu
folder=$1
root=$folder/root
packages=systemd-sysv,dbus,udev,kmod,openssh-server,python3,python3-apt,sudo,usbguard,nftables,libpam-pwquality,cracklib-runtime,libpam-modules
packages=$packages,auditd,iproute2,cryptsetup-bin,procps,iputils-ping,initramfs-tools,linux-image-amd64,dconf-cli,libglib2.0-bin
packages=$packages,dconf-gsettings-backend,gsettings-desktop-schemas,rsyslog,logrotate,passwd,util-linux-extra,usbutils,zstd,e2fsprogs
packages=$packages,unattended-upgrades,lsof,netbase,ca-certificates

mmdebstrap --quiet --mode=root --variant=minbase --components=main --aptopt='Acquire::Languages "none"' \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  --include="$packages" bookworm "$root" http://deb.debian.org/debian

ssh-keygen -q -t ed25519 -N '' -C guest -f "$folder/key"
echo guest > "$root/etc/hostname"
printf '127.0.0.1 localhost guest\n' > "$root/etc/hosts"
printf '/dev/vda / ext4 rw,noatime 0 1\n' > "$root/etc/fstab"
printf '[Match]\nName=en*\n[Network]\nAddress=10.0.2.15/24\nGateway=10.0.2.2\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n' \
  > "$root/etc/systemd/network/wire.network"
: > "$root/etc/resolv.conf"
: > "$root/etc/machine-id"
printf 'UseDNS no\n' > "$root/etc/ssh/sshd_config.d/00-guest.conf"
# The desktop is told by its session file; no display runs here.
mkdir -p "$root/usr/share/xsessions"
printf '[Desktop Entry]\nName=Desktop\nExec=/bin/true\n' > "$root/usr/share/xsessions/desktop.desktop"

# Automation is a user of its own with a password nobody needs; alice and bob are people.
for user in automation alice bob; do
  chroot "$root" useradd -m -s /bin/bash "$user"
  printf '%s:Gr4nite-Wheel-71\n' "$user" | chroot "$root" chpasswd
done
printf 'automation ALL=(ALL) NOPASSWD: ALL\n' > "$root/etc/sudoers.d/automation"
chmod 440 "$root/etc/sudoers.d/automation"
for home in root home/automation; do
  mkdir -p "$root/$home/.ssh"
  cp "$folder/key.pub" "$root/$home/.ssh/authorized_keys"
  chmod 700 "$root/$home/.ssh"
  chmod 600 "$root/$home/.ssh/authorized_keys"
done
chroot "$root" chown -R automation:automation /home/automation
chroot "$root" ssh-keygen -A

chroot "$root" systemctl -q enable systemd-networkd ssh
chroot "$root" systemctl -q mask systemd-networkd-wait-online apt-daily.timer man-db.timer e2scrub_all.timer fstrim.timer \
  systemd-pcrphase.service getty@tty1.service e2scrub_reap.service
chroot "$root" systemctl -q disable usbguard usbguard-dbus auditd nftables apt-daily-upgrade.timer
# What USBGuard wrote when it was installed on a machine without devices is no site's policy.
rm -f "$root/etc/usbguard/rules.conf"

# A small initial RAM disk loads faster than Debian's own.
kernel=$(basename "$root"/boot/vmlinuz-*)
version=${kernel#vmlinuz-}
sed -i 's/^MODULES=.*/MODULES=list/; s/^COMPRESS=.*/COMPRESS=zstd/' "$root/etc/initramfs-tools/initramfs.conf"
printf 'virtio_blk\nvirtio_pci\next4\ncrc32c_generic\n' > "$root/etc/initramfs-tools/modules"
mount -t proc proc "$root/proc"
chroot "$root" mkinitramfs -o /boot/small.img "$version" || { umount "$root/proc"; exit 1; }
umount "$root/proc"
mv "$root/boot/small.img" "$folder/initrd.img"
mv "$root/boot/$kernel" "$folder/vmlinuz"
rm -rf "$root"/boot/* "$root"/var/cache/apt/archives/*.deb

truncate -s 3G "$folder/base.img"
mke2fs -q -t ext4 -d "$root" -L root -m 0 "$folder/base.img"
qemu-img convert -O qcow2 "$folder/base.img" "$folder/base.qcow2"
rm -rf "$root" "$folder/base.img"

#!/usr/bin/env bash
# Make a riscv64 userland with the image's packages, once, and print where it is.
#
#   docker/riscv64-userland.sh [python]     as root, on Debian or Ubuntu
#
# The same Debian release, the same docker/packages.txt and docker/requirements.txt as the Dockerfile. It is kept outside
# the checkout, under a name made of the package lists, and used again: about four minutes the first time.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:-python3}
release=trixie
lists=(docker/packages.txt docker/requirements.txt)
cache=${DEML_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/deml}
root=$cache/$release-riscv64-$(cat "${lists[@]}" | sha256sum | cut -c1-16)

fail() { echo "riscv64-userland: $*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || fail "debootstrap and chroot need root"
for tool in debootstrap update-binfmts qemu-riscv64-static; do
    command -v "$tool" > /dev/null || fail "$tool is missing: apt-get install debootstrap qemu-user-static binfmt-support"
done

# The kernel must hand riscv64 programs to qemu.
[ -e /proc/sys/fs/binfmt_misc/register ] || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
[ -e /proc/sys/fs/binfmt_misc/qemu-riscv64 ] || update-binfmts --enable qemu-riscv64

if [ ! -e "$root/.complete" ]; then
    echo "riscv64-userland: making $root (once, about four minutes)" >&2
    rm -rf "$root" && mkdir -p "$root"
    debootstrap --arch=riscv64 --variant=minbase "$release" "$root" > "$root.log" 2>&1 \
        || fail "debootstrap failed, see $root.log"
    grep -v '^#' docker/packages.txt \
        | DEBIAN_FRONTEND=noninteractive xargs chroot "$root" apt-get install -y --no-install-recommends \
        >> "$root.log" 2>&1 || fail "apt-get failed, see $root.log"
    "$python" -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --only-binary :all: \
        --require-hashes --target "$root/opt/deml/packages" --requirement docker/requirements.txt
    touch "$root/.complete"
fi
echo "$root"

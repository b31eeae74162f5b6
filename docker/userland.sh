#!/usr/bin/env bash
# Make a userland with the image's packages, once, and print where it is.
#
#   docker/userland.sh [riscv64|amd64] [python]     as root, on Debian or Ubuntu
#
# The same Debian release, the same docker/packages.txt and docker/requirements.txt as the Dockerfile, and the reference
# BLAS beside the image's own for comparison. It is kept outside the checkout, under a name made of the package lists,
# and used again. The first time takes one minute, or four where another processor is emulated.
set -euo pipefail
cd "$(dirname "$0")/.."
architecture=${1:-riscv64}
python=${2:-python3}
release=trixie
also=(libblas3)

packages=$(grep -v '^#' docker/packages.txt)
key=$(echo "$packages" "${also[@]}" | cat - docker/requirements.txt | sha256sum | cut -c1-16)
cache=${DEML_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/deml}
root=$cache/$release-$architecture-$key

fail() { echo "userland: $*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || fail "debootstrap and chroot need root"
command -v debootstrap > /dev/null || fail "debootstrap is missing: apt-get install debootstrap"

if [ "$architecture" != "$(dpkg --print-architecture)" ]; then
    # The kernel must hand foreign programs to qemu.
    for tool in update-binfmts qemu-riscv64-static; do
        command -v "$tool" > /dev/null || fail "$tool is missing: apt-get install qemu-user-static binfmt-support"
    done
    [ -e /proc/sys/fs/binfmt_misc/register ] || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
    format=qemu-${architecture/amd64/x86_64}
    [ -e "/proc/sys/fs/binfmt_misc/$format" ] || update-binfmts --enable "$format"
fi

mkdir -p "$cache"
exec 9> "$root.lock"
flock 9 # whoever comes second finds it made
if [ ! -e "$root/.complete" ]; then
    echo "userland: making $root (once)" >&2
    rm -rf "$root" && mkdir "$root"
    debootstrap --arch="$architecture" --variant=minbase "$release" "$root" > "$root.log" 2>&1 \
        || fail "debootstrap failed, see $root.log"
    # What only costs time here: safe writes, and rebuilding a store of certificates in emulation.
    echo force-unsafe-io > "$root/etc/dpkg/dpkg.cfg.d/unsafe-io"
    chroot "$root" dpkg-divert --local --rename --add /usr/sbin/update-ca-certificates > /dev/null
    ln -s /bin/true "$root/usr/sbin/update-ca-certificates"
    echo "$packages" "${also[@]}" \
        | DEBIAN_FRONTEND=noninteractive xargs chroot "$root" apt-get install -y --no-install-recommends \
        >> "$root.log" 2>&1 || fail "apt-get failed, see $root.log"
    cat "$root"/usr/share/ca-certificates/mozilla/*.crt > "$root/etc/ssl/certs/ca-certificates.crt" # requests reads it
    "$python" -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --only-binary :all: \
        --require-hashes --target "$root/opt/deml/packages" --requirement docker/requirements.txt
    touch "$root/.complete"
fi
echo "$root"

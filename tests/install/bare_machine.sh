#!/usr/bin/env bash
# `make demo` and `make test` on a Debian that has what README names and nothing else, by somebody who is not root.
#
#   tests/install/bare_machine.sh [demo] [test]     as root, on Debian or Ubuntu, with debootstrap
#
# What is committed is cloned there, without what lies beside this checkout. The compiler that README names for the
# tests comes after the demo. In a chroot the kernel gives nobody a user namespace, so this is a machine without a
# sandbox, too: the demo must go on and say so, and the tests that need one must be left out, in red. It is made anew each
# time, in a folder that is removed; with KEEP=1 it stays.
set -euo pipefail
cd "$(dirname "$0")/../.."
release=trixie
named=(python3 python3-venv nodejs npm make)
for_tests=(gcc libc6-dev)
wanted=${*:-demo test}

fail() { echo "bare machine: $*" >&2; exit 1; }
tell() { echo "== bare machine, $((SECONDS / 60)) min: $*" >&2; }

[ "$(id -u)" = 0 ] || fail "debootstrap and chroot need root"
command -v debootstrap > /dev/null || fail "debootstrap is missing: apt-get install debootstrap"

if [ -z "${DEML_BARE_MACHINE:-}" ]; then
    # Mounts and processes of a namespace of its own: whatever happens, nothing of them is left.
    machine=$(mktemp -d)
    chmod 755 "$machine"
    [ -n "${KEEP:-}" ] || trap 'rm -rf --one-file-system "$machine" "$machine.log"' EXIT
    DEML_BARE_MACHINE=$machine unshare --mount --pid --fork --kill-child "$0" "$@"
    exit
fi
machine=$DEML_BARE_MACHINE

install() {
    DEBIAN_FRONTEND=noninteractive chroot "$machine" apt-get install -y -qq --no-install-recommends "$@" \
        >> "$machine.log" 2>&1 || { tail -30 "$machine.log"; fail "apt-get failed"; }
}

# Without anything of this process' environment, but for the way out.
as_newcomer() {
    chroot --userspec=newcomer:newcomer "$machine" env -i HOME=/home/newcomer USER=newcomer LANG=C.UTF-8 TERM=dumb \
        PATH=/usr/local/bin:/usr/bin:/bin ${http_proxy:+http_proxy="$http_proxy"} \
        ${https_proxy:+https_proxy="$https_proxy"} ${no_proxy:+no_proxy="$no_proxy"} \
        bash -c "cd /home/newcomer/deml && $1"
}

tell "Debian $release with ${named[*]}"
debootstrap --variant=minbase --include=ca-certificates "$release" "$machine" > "$machine.log" 2>&1 \
    || { tail -30 "$machine.log"; fail "debootstrap failed"; }
echo force-unsafe-io > "$machine/etc/dpkg/dpkg.cfg.d/unsafe-io" # it need not survive a crash
install "${named[@]}"
rm "$machine.log"
# The network's own: name servers and whom it trusts.
cp -L /etc/resolv.conf /etc/hosts "$machine/etc/"
cp -L /etc/ssl/certs/ca-certificates.crt "$machine/etc/ssl/certs/"
mount -t proc proc "$machine/proc"
mount -t sysfs -o ro sysfs "$machine/sys"
mount -t tmpfs -o mode=1777 shm "$machine/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$machine/dev/pts"
chroot "$machine" useradd --create-home --shell /bin/bash newcomer
git clone --quiet --no-local . "$machine/home/newcomer/deml"
chroot "$machine" chown -R newcomer: /home/newcomer/deml

said=$machine/home/newcomer/said
for one in $wanted; do
    case $one in
        demo)
            tell "make demo"
            as_newcomer "make demo" | tee "$said"
            grep -q "NO SANDBOX" "$said" || fail "the demo does not say that it trains without a sandbox"
            ;;
        test)
            if as_newcomer "make test" > "$said" 2>&1 || ! grep -q "C compiler, as cc" "$said"; then
                fail "make test does not say that it needs cc"
            fi
            install "${for_tests[@]}"
            tell "make test, with ${for_tests[*]}"
            as_newcomer "make test" | tee "$said"
            grep -q "THE SANDBOX WAS NOT TESTED" "$said" || fail "the tests do not say what they left out"
            ;;
        *) fail "neither demo nor test: $one" ;;
    esac
done
tell "done: $wanted"

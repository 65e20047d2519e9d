#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
#
# build.sh: builds the Debian packages libquipu-dev and quipu-tools of the last commit, without signing them.
#
#   packaging/debian/build.sh [FOLDER]     FOLDER gets the packages; build/debian unless another is given
#
# It needs debhelper, and what packaging/debian/control names (`apt-get build-dep ./packaging`, from the root).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
mkdir -p "${1:-$root/build/debian}"
folder=$(cd "${1:-$root/build/debian}" && pwd)
version=$(sed -nE '1s/^quipu \(([^-)]+)-.*/\1/p' "$root/packaging/debian/changelog")
source=$folder/quipu-$version

rm -rf "$source"
mkdir -p "$source"
git -C "$root" archive HEAD | tar -x -C "$source"
tar -czf "$folder/quipu_$version.orig.tar.gz" -C "$folder" "quipu-$version"
cp -r "$source/packaging/debian" "$source/debian"
cd "$source"
dpkg-buildpackage --build=binary --no-sign "${DPKG_BUILDPACKAGE_OPTIONS:---jobs=auto}"
rm -rf "$source"
ls "$folder"/*.deb

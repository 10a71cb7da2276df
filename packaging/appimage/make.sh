#!/bin/sh
# Makes an AppImage from the folder bundle. UNVERIFIED: appimagetool could not be fetched where this was written.
#
#   python3 packaging/dev.py bundle && packaging/appimage/make.sh
#
# Needs `appimagetool` in PATH, which fetches its runtime; APPIMAGE_RUNTIME names a file to use instead. Build on the
# oldest system that is to be served: the bundle needs its glibc.
set -eu
cd "$(dirname "$0")/../.."
app=build/AppDir
rm -rf "$app"
mkdir -p "$app/usr/lib" "$app/usr/share/applications" "$app/usr/share/metainfo" \
    "$app/usr/share/icons/hicolor/scalable/apps"
cp -a dist/rlm-desktop "$app/usr/lib/"
cp packaging/linux/rlm-desktop.desktop "$app/"
cp packaging/linux/rlm-desktop.desktop "$app/usr/share/applications/"
cp packaging/linux/org.rlmdesktop.RLMDesktop.metainfo.xml "$app/usr/share/metainfo/"
cp resources/rlm-desktop.svg "$app/usr/share/icons/hicolor/scalable/apps/"
cp build/icons/256.png "$app/rlm-desktop.png"
cp packaging/appimage/AppRun "$app/AppRun"
version=$(sed -n 's/^__version__ = "\(.*\)"/\1/p' rlm_desktop/__init__.py)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
appimagetool --no-appstream ${APPIMAGE_RUNTIME:+--runtime-file "$APPIMAGE_RUNTIME"} \
    "$app" "dist/RLM_Desktop-$version-$(uname -m).AppImage"

#!/bin/sh
# Signs the app, packs it into a disk image, has it notarised. UNVERIFIED: there was no macOS where this was written.
#
#   python3 packaging/dev.py bundle && packaging/macos/make.sh
#
# SIGNING_IDENTITY   "Developer ID Application: ..." in the keychain; without it the app is signed ad hoc
# NOTARY_PROFILE     made once by `xcrun notarytool store-credentials`; without it nothing is notarised
set -eu
cd "$(dirname "$0")/../.."
app="dist/RLM Desktop.app"
version=$(sed -n 's/^__version__ = "\(.*\)"/\1/p' rlm_desktop/__init__.py)
image="dist/RLM Desktop $version.dmg"
identity=${SIGNING_IDENTITY:--}

# From the inside out: a signature holds for what lies below it. Not all code has a telling name: the interpreter is
# a program of its own, Qt's libraries are frameworks. (Signed ad hoc, there is no time to be stamped.)
sign() {
    if [ "$identity" = - ]; then stamp=--timestamp=none; else stamp=--timestamp; fi
    codesign --force "$stamp" --options runtime --entitlements packaging/macos/entitlements.plist \
        --sign "$identity" "$1"
}
find "$app/Contents" -type f | while IFS= read -r file; do
    case $(file -b "$file") in Mach-O*) sign "$file" ;; esac
done
sign "$app"
codesign --verify --deep --strict "$app"

folder=build/dmg
rm -rf "$folder" "$image"
mkdir -p "$folder"
cp -R "$app" "$folder/"
ln -s /Applications "$folder/Applications"
hdiutil create -volname "RLM Desktop" -srcfolder "$folder" -fs HFS+ -format ULMO -ov "$image"
if [ -n "${NOTARY_PROFILE:-}" ]; then
    codesign --force --timestamp --sign "$identity" "$image"
    xcrun notarytool submit "$image" --keychain-profile "$NOTARY_PROFILE" --wait
    xcrun stapler staple "$image"
    spctl --assess --type open --context context:primary-signature "$image"
fi

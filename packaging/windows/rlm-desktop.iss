; Inno Setup 6: the installer for Windows 10 and 11. UNVERIFIED: there was no Windows where this was written.
;
;   python packaging/dev.py bundle
;   iscc /DVersion=0.1.0 packaging\windows\rlm-desktop.iss
;
; Signing: give iscc a sign tool, /Ssigntool="signtool sign /fd sha256 /tr <timestamp server> /td sha256 $f", and set
; SignTool=signtool below.
#ifndef Version
  #error "Give the version: iscc /DVersion=0.1.0 ..."
#endif

[Setup]
AppId={{8B0C3B0B-6B1E-4D0C-9E57-6C1E7C1D2F5A}
AppName=RLM Desktop
AppVersion={#Version}
AppPublisher=The RLM Desktop authors
DefaultDirName={autopf}\RLM Desktop
DefaultGroupName=RLM Desktop
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
LicenseFile=..\..\LICENSE
SetupIconFile=..\..\build\icons\rlm-desktop.ico
UninstallDisplayIcon={app}\RLM Desktop.exe
OutputDir=..\..\dist
OutputBaseFilename=rlm-desktop-{#Version}-setup
Compression=lzma2/max
SolidCompression=yes
ChangesAssociations=yes
CloseApplications=yes

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "de"; MessagesFile: "compiler:Languages\German.isl"

[Files]
Source: "..\..\dist\rlm-desktop\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[InstallDelete]
; An older version's modules must not be found beside the new ones.
Type: filesandordirs; Name: "{app}\_internal"

[Icons]
Name: "{group}\RLM Desktop"; Filename: "{app}\RLM Desktop.exe"; AppUserModelID: "org.rlmdesktop.RLMDesktop"

[Registry]
Root: HKA; Subkey: "Software\Classes\.rlmarchive"; ValueType: string; ValueData: "RLMDesktop.Archive"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\RLMDesktop.Archive"; ValueType: string; ValueData: "RLM session archive"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\RLMDesktop.Archive\DefaultIcon"; ValueType: string; ValueData: "{app}\RLM Desktop.exe,0"
Root: HKA; Subkey: "Software\Classes\RLMDesktop.Archive\shell\open\command"; ValueType: string; ValueData: """{app}\RLM Desktop.exe"" ""%1"""

[Run]
Filename: "{app}\RLM Desktop.exe"; Description: "{cm:LaunchProgram,RLM Desktop}"; Flags: nowait postinstall skipifsilent

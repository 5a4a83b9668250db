<#
Writes the status document of a Windows desktop every ten seconds: docs/en/sessions.md says what is in it, docs/en/windows-image.md
how to install this. NOT TESTED on Windows by the project: try it with a few desktops first.

Sessions come from the terminal services' own interface (WTS), never from words that differ by language. Where anything cannot
be found out, nothing is written: an old document is no evidence, an empty list of sessions would be false evidence.
For Windows PowerShell 5.1, which every Windows since 10 brings along.
#>
param(
    [string] $Folder = "$env:ProgramData\Bascule",
    [int] $PeriodSeconds = 10,
    [int] $Port = 3389
)
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

Add-Type -TypeDefinition @'
using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Runtime.InteropServices;

public class BasculeSession
{
    public string User;
    public bool Connected;
    public DateTime Since;
}

public static class BasculeSessions
{
    const int SessionInfo = 24;      // WTS_INFO_CLASS.WTSSessionInfo
    const int Active = 0;            // WTS_CONNECTSTATE_CLASS.WTSActive

    [StructLayout(LayoutKind.Sequential, CharSet = CharSet.Unicode)]
    struct Entry                     // WTS_SESSION_INFOW
    {
        public int Id;
        public IntPtr Station;
        public int State;
    }

    [StructLayout(LayoutKind.Sequential, CharSet = CharSet.Unicode)]
    struct Info                      // WTSINFOW
    {
        public int State, Id, InBytes, OutBytes, InFrames, OutFrames, InCompressed, OutCompressed;
        [MarshalAs(UnmanagedType.ByValTStr, SizeConst = 32)] public string Station;
        [MarshalAs(UnmanagedType.ByValTStr, SizeConst = 17)] public string Domain;
        [MarshalAs(UnmanagedType.ByValTStr, SizeConst = 21)] public string User;
        public long ConnectTime, DisconnectTime, LastInputTime, LogonTime, CurrentTime;
    }

    [DllImport("wtsapi32.dll", CharSet = CharSet.Unicode, SetLastError = true)]
    static extern bool WTSEnumerateSessionsW(IntPtr server, int reserved, int version, out IntPtr found, out int count);

    [DllImport("wtsapi32.dll", CharSet = CharSet.Unicode, SetLastError = true)]
    static extern bool WTSQuerySessionInformationW(IntPtr server, int id, int what, out IntPtr answer, out int bytes);

    [DllImport("wtsapi32.dll")]
    static extern void WTSFreeMemory(IntPtr memory);

    public static List<BasculeSession> All()
    {
        IntPtr found;
        int count;
        if (!WTSEnumerateSessionsW(IntPtr.Zero, 0, 1, out found, out count)) throw new Win32Exception();
        var sessions = new List<BasculeSession>();
        try
        {
            for (int at = 0; at < count; at++)
            {
                var place = new IntPtr(found.ToInt64() + (long)at * Marshal.SizeOf(typeof(Entry)));
                var info = Of(((Entry)Marshal.PtrToStructure(place, typeof(Entry))).Id);
                if (info.User != "")     // the services' session and the listener have no user
                    sessions.Add(new BasculeSession {
                        User = info.User, Connected = info.State == Active, Since = DateTime.FromFileTimeUtc(info.LogonTime)
                    });
            }
        }
        finally { WTSFreeMemory(found); }
        return sessions;
    }

    static Info Of(int id)
    {
        IntPtr answer;
        int bytes;
        if (!WTSQuerySessionInformationW(IntPtr.Zero, id, SessionInfo, out answer, out bytes)) throw new Win32Exception();
        try { return (Info)Marshal.PtrToStructure(answer, typeof(Info)); }
        finally { WTSFreeMemory(answer); }
    }
}
'@

function Get-Seconds([DateTime] $Moment) {
    $epoch = New-Object DateTime 1970, 1, 1, 0, 0, 0, ([DateTimeKind]::Utc)
    [Math]::Round(($Moment.ToUniversalTime() - $epoch).TotalSeconds, 3)
}

# Only the marker says that first boot has ended: cloudbase-init's service is stopped before it begins, too.
function Get-FirstBoot {
    $marker = Join-Path $Folder 'first-boot'
    if (-not (Test-Path -LiteralPath $marker)) { return 'running' }
    $word = ([IO.File]::ReadAllText($marker)).Trim()
    if ($word -notin 'running', 'done', 'failed') { throw "$marker says '$word', not running, done or failed" }
    $word
}

function Get-Sessions {
    foreach ($session in [BasculeSessions]::All()) {
        [ordered]@{
            user = $session.User
            state = $(if ($session.Connected) { 'connected' } else { 'disconnected' })
            since = Get-Seconds $session.Since
        }
    }
}

# The computer's own SID without a number after it: sysprep makes it anew. Its hash, as it is not to leave the machine.
function Get-Machine {
    $account = Get-CimInstance Win32_UserAccount -Filter 'LocalAccount = TRUE' | Select-Object -First 1
    $sid = $account.SID.Substring(0, $account.SID.LastIndexOf('-'))
    $sha = [Security.Cryptography.SHA256]::Create()
    $digest = $sha.ComputeHash([Text.Encoding]::ASCII.GetBytes("bascule-guest $sid"))
    (-join ($digest | ForEach-Object { $_.ToString('x2') })).Substring(0, 32)
}

function Get-Cards {
    [Net.NetworkInformation.NetworkInterface]::GetAllNetworkInterfaces() |
        Where-Object { $_.NetworkInterfaceType -eq 'Ethernet' -and $_.OperationalStatus -eq 'Up' }
}

function Get-CardNumber($Card) {
    (-join ($Card.GetPhysicalAddress().GetAddressBytes() | ForEach-Object { ':' + $_.ToString('x2') })).TrimStart(':')
}

function Get-Addresses($Cards) {
    foreach ($card in $Cards) {
        foreach ($entry in $card.GetIPProperties().UnicastAddresses) {
            $text = $entry.Address.ToString()
            # None that only the link knows, none that changes by itself.
            $ofLink = $entry.Address.IsIPv6LinkLocal -or $text.StartsWith('169.254.')
            if (-not $ofLink -and $entry.SuffixOrigin -ne 'Random') { $text }
        }
    }
}

function Test-Port {
    $listeners = [Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties().GetActiveTcpListeners()
    @($listeners | Where-Object { $_.Port -eq $Port }).Count -gt 0
}

# The first moment of readiness in this boot, kept as seconds since the boot: so a clock set right moves it, too.
function Get-ReadyAt([double] $BootedAt, [bool] $Ready) {
    $kept = Join-Path $Folder 'ready'
    $invariant = [Globalization.CultureInfo]::InvariantCulture
    if (Test-Path -LiteralPath $kept) {
        $boot, $after = ([IO.File]::ReadAllText($kept)).Trim().Split(' ')
        $same = [Math]::Abs([double]::Parse($boot, $invariant) - $BootedAt) -lt 5
        if ($same) { return [Math]::Round($BootedAt + [double]::Parse($after, $invariant), 3) }
    }
    if (-not $Ready) { return $null }
    $now = Get-Seconds ([DateTime]::UtcNow)
    $after = $now - $BootedAt
    [IO.File]::WriteAllText($kept, [string]::Format($invariant, '{0:F3} {1:F3}', $BootedAt, $after))
    $now
}

function Get-Document {
    $bootedAt = Get-Seconds (Get-CimInstance Win32_OperatingSystem).LastBootUpTime
    $firstBoot = Get-FirstBoot
    $open = Test-Port
    $cards = @(Get-Cards)
    $image = Join-Path $Folder 'image'
    [ordered]@{
        version = 1
        booted_at = $bootedAt
        first_boot = $firstBoot
        logon_port = $(if ($open) { 'open' } else { 'closed' })
        ready_at = Get-ReadyAt $bootedAt ($open -and $firstBoot -eq 'done')
        sessions = @(Get-Sessions)
        written_at = Get-Seconds ([DateTime]::UtcNow)
        period_s = $PeriodSeconds
        image = $(if (Test-Path -LiteralPath $image) { ([IO.File]::ReadAllText($image)).Trim() } else { '' })
        machine = Get-Machine
        hostname = [Net.Dns]::GetHostName().ToLowerInvariant()
        cards = @($cards | ForEach-Object { Get-CardNumber $_ })
        addresses = @(Get-Addresses $cards | Select-Object -First 16)
    }
}

# Whoever reads at the same moment gets the old text or the new one, never half of one.
function Write-Document([string] $Text) {
    $target = Join-Path $Folder 'status.json'
    $part = Join-Path $Folder '.status.json.new'
    [IO.File]::WriteAllText($part, $Text, (New-Object Text.UTF8Encoding $false))
    if (Test-Path -LiteralPath $target) { [IO.File]::Replace($part, $target, [NullString]::Value) } else { [IO.File]::Move($part, $target) }
}

while ($true) {
    try { Write-Document (Get-Document | ConvertTo-Json -Compress -Depth 4) }
    catch { Write-Warning "nothing was written: $_" }
    Start-Sleep -Seconds $PeriodSeconds
}
